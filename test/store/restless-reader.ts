import { Store } from '../../store/store.ts';

// A process of its own, because the lock on a file keeps out other processes alone.
const path = String(process.argv[2]);
process.stdin.resume().on('end', () => process.exit());

for (;;) {
  using store = await Store.openToRead(path, { patienceMs: 60_000 });
  await store.rows('select count(*) from events');
  process.stdout.write('.');
}
