import { expect, test } from 'vitest';
import type { Clue, Clues, Pair } from '../../simulate/clues.ts';
import { Decidability, type Decision } from '../../simulate/decidability.ts';

interface Side {
  readonly atMs?: number;
  readonly trace?: string;
  readonly linkedTrace?: string;
  readonly session?: string;
  readonly agent?: string | undefined;
  readonly tool?: string;
  readonly rpcId?: string;
}
interface Story {
  readonly gateway?: Side;
  readonly server?: Side;
  readonly hasParentage?: boolean;
}

/** What is decided of the first of several calls. */
function decisionOfFirst(...stories: readonly Story[]): Decision {
  const told = stories.map(cluesOfStory);
  const decidability = new Decidability();
  for (const { all } of told) decidability.add(all);
  return decidability.judge(told[0] as Clues);
}

function cluesOfStory({ gateway, server, hasParentage = false }: Story, call: number): Clues {
  const sides = [gateway && clue(call, 'gateway', gateway), server && clue(call, 'server', server)];
  const all = sides.filter((side) => side !== undefined);
  const [one, other] = all;
  if (!one || !other) return { all, pairs: [], lone: all };
  const pair: Pair = { gateway: one, server: other, hasParentage, decides: [] };
  for (const { pairs } of all) pairs.push(pair);
  return { all, pairs: [pair], lone: [] };
}

function clue(call: number, side: Clue['side'], given: Side): Clue {
  const { atMs = side === 'gateway' ? 0 : 10, tool = 'search', ...rest } = given;
  const at = atMs * 1000;
  const shared = { trace: undefined, linkedTrace: undefined, session: undefined };
  const reachesTo = side === 'gateway' ? at + 800_000 : at;
  return {
    ...{ ...shared, agent: undefined, rpcId: undefined, server: 'docs' },
    ...rest,
    ...{ call, side, at, reachesTo, tool, pairs: [] },
  };
}

const both = (side: Side, serverToo: Side = {}): Story => ({
  gateway: side,
  server: { ...side, atMs: (side.atMs ?? 0) + 10, ...serverToo },
});
const decidedBy = (decidable: Decision['decidable']) => ({ decidable, decided: true, rivals: 0 });
const undecided = (rivals: number) => ({ decidable: 'none', decided: false, rivals }) as const;

const stories: Readonly<Record<string, readonly [Decision, ...Story[]]>> = {
  'the only call of a trace': [decidedBy('operation_id'), both({ trace: 'T' })],
  'a trace that the server only links to': [
    decidedBy('operation_id'),
    { gateway: { trace: 'T' }, server: { trace: 'own', linkedTrace: 'T' } },
  ],
  'another tool of the trace is no rival': [
    decidedBy('operation_id'),
    both({ trace: 'T' }),
    both({ trace: 'T', tool: 'read' }),
  ],
  'two at once in one trace': [undecided(1), both({ trace: 'T' }), both({ trace: 'T', atMs: 20 })],
  'parentage tells two at once apart': [
    decidedBy('operation_id'),
    { ...both({ trace: 'T' }), hasParentage: true },
    both({ trace: 'T', atMs: 20 }),
  ],
  'the other is told by its parent, and so is taken': [
    decidedBy('operation_id'),
    both({ trace: 'T' }),
    { ...both({ trace: 'T', atMs: 20 }), hasParentage: true },
  ],
  'further away than the margin': [
    decidedBy('operation_id'),
    both({ trace: 'T' }),
    both({ trace: 'T', atMs: 300 }),
  ],
  'nearer than the margin': [undecided(1), both({ trace: 'T' }), both({ trace: 'T', atMs: 240 })],
  'sessions tell two at once in one trace apart': [
    decidedBy('session'),
    both({ trace: 'T', session: 'A' }),
    both({ trace: 'T', session: 'B' }),
  ],
  'a session': [decidedBy('session'), { gateway: { session: 'A' }, server: { session: 'A' } }],
  'a session that the server names otherwise': [
    undecided(0),
    { gateway: { session: 'A' }, server: { session: 'jti:A' } },
  ],
  'one of the session is known by its trace, and so is taken': [
    decidedBy('session'),
    both({ session: 'A' }),
    both({ session: 'A', trace: 'T', atMs: 5 }),
  ],
  'an agent': [decidedBy('agent'), both({ agent: 'bot' })],
  'an agent on one side only': [undecided(0), both({ agent: 'bot' }, { agent: undefined })],
  'two calls of one agent at once': [undecided(1), both({ agent: 'bot' }), both({ agent: 'bot' })],
  'a lost record of another call is as plausible': [
    undecided(1),
    both({ agent: 'bot' }),
    { server: { agent: 'bot', atMs: 30 } },
  ],
  'nothing shared, and who else could it be': [
    undecided(2),
    both({}),
    both({ atMs: 100 }),
    both({ atMs: 200 }),
    both({ atMs: 900 }),
  ],
  'ids of items tell a batch of one tool apart': [
    decidedBy('operation_id'),
    both({ trace: 'T', rpcId: '1' }),
    both({ trace: 'T', rpcId: '2' }),
  ],
  'one side, and nothing like it on the other': [
    decidedBy('none'),
    { gateway: { session: 'A' } },
    both({ session: 'A', atMs: 5_000 }),
    both({ session: 'B' }),
  ],
  'one side, and what is like it is taken': [
    decidedBy('none'),
    { server: { session: 'A' } },
    both({ session: 'A', trace: 'T' }),
  ],
  'one side of two calls each': [
    undecided(1),
    { gateway: { agent: 'bot' } },
    { server: { agent: 'bot', atMs: 600 } },
  ],
  'a server that began after the gateway had ended': [
    decidedBy('none'),
    { gateway: { agent: 'bot' } },
    { server: { agent: 'bot', atMs: 1_200 } },
  ],
};

test.each(Object.entries(stories))('%s', (_, [decision, ...calls]) => {
  expect(decisionOfFirst(...calls)).toEqual(decision);
});

test('what is forgotten is no rival any more', () => {
  const [old, recent] = [both({ agent: 'bot' }), both({ agent: 'bot', atMs: 30 })].map(
    cluesOfStory,
  );
  const decidability = new Decidability();
  decidability.add([...(old?.all ?? []), ...(recent?.all ?? [])]);

  decidability.forgetBefore(30_000);

  expect(decidability.judge(recent as Clues)).toEqual(decidedBy('agent'));
});
