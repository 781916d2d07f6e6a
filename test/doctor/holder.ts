import { Store } from '../../store/store.ts';

/** Holds a database, as a process of its own, until it is let go of. */
const store = await Store.openToWrite(process.argv[2] ?? '');
process.on('disconnect', () => {
  store.close();
  process.exit(0);
});
process.send?.('held');
