import type { Store } from '../store/store.ts';
import { step } from './step.ts';

/** Envelopes inside envelopes: an array of {"records": […]} of JSON text is three. */
const MAX_WRAPPINGS = 6;

export interface LongWay {
  /** Source to read every record as; '' lets each record tell. */
  readonly forced: string;
  /** Maps the records of one source, as the view `records` gives them. */
  readonly mapSource: (stem: string) => Promise<void>;
}

/**
 * Takes the lines of the view `lines` that are not in `claimed`: opens envelopes, tells whose each
 * record is, maps it, and notes in `seen` what became of it. Returns how many records there were.
 */
export async function takeLongWay(store: Store, { forced, mapSource }: LongWay): Promise<number> {
  await store.run(`create or replace temp table pending_0 as ${step('pending')}`);
  await store.script('create or replace temp view pending as select * from pending_0');
  const rounds = await unwrap(store, forced);
  await store.run(`create or replace temp table recognised as ${step('recognise')}`);
  await store.script(`create or replace temp view records as ${step('records')}`);
  for (const { source } of await store.rows(step('present_sources'))) {
    await mapSource(String(source));
  }
  const records = await store.run(`insert into seen by name ${step('seen')}`);
  for (let round = 0; round <= rounds; round += 1) {
    await store.script(`drop table pending_${round}; drop table read_${round}`);
  }
  return records;
}

/**
 * Looks at the values, and into envelopes, until every value is a record: the view `flat`. Returns
 * how many times there was something to open.
 */
async function unwrap(store: Store, forced: string): Promise<number> {
  for (let round = 0; ; round += 1) {
    await store.run(`create or replace temp table read_${round} as ${step('read')}`, { forced });
    const [found] = await store.rows(`select count(envelope) as wrapped from read_${round}`);
    if (Number(found?.['wrapped']) === 0 || round === MAX_WRAPPINGS) {
      await store.script(`create or replace temp view flat as ${flat(round)}`);
      return round;
    }
    await store.script(
      `create or replace temp view enveloped as select * from pending_${round} inner join read_${round} using (record_id) where envelope is not null`,
    );
    await store.run(`create or replace temp table pending_${round + 1} as ${step('unwrap')}`, {
      round,
    });
    await store.script(`create or replace temp view pending as select * from pending_${round + 1}`);
  }
}

/** What each round found that is no envelope; in the last one, what is still wrapped too. */
function flat(rounds: number): string {
  return Array.from({ length: rounds + 1 }, (_, no) => no)
    .map(
      (no) =>
        `select * exclude (envelope), envelope is not null as is_wrapped from pending_${no} inner join read_${no} using (record_id) where json_kind <> 'BLANK' and (envelope is null or ${no} = ${MAX_WRAPPINGS})`,
    )
    .join(' union all ');
}
