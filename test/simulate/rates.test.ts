import { expect, test } from 'vitest';
import { type FaultName, NO_FAULTS } from '../../simulate/faults.ts';
import type { Truth } from '../../simulate/ground-truth.ts';
import { emptyFolder, simulateInto, truthsOf } from './fleet-files.ts';

const CALLS = 1_500;
const isStaged = ({ approval_bypass, gateway_bypass, approval_decided_at }: Truth) =>
  approval_bypass !== null || gateway_bypass || approval_decided_at !== null;
const hasGateway = ({ correlation_id }: Truth) => correlation_id !== null;
const hasBothSides = (truth: Truth) => hasGateway(truth) && truth.server_span_id !== null;
const ofServer =
  (...names: readonly string[]) =>
  ({ server_id }: Truth) =>
    names.includes(server_id);
const isNewest = ({ protocol_version }: Truth) => protocol_version === '2026-07-28';
const everywhere = () => true;

/** Each fault at 30 %: of which calls, and under which name the truth knows it. */
const faults: Readonly<Partial<Record<FaultName, (truth: Truth) => boolean>>> = {
  no_trace: everywhere,
  no_session: ({ mcp_session_id }) => mcp_session_id !== null,
  no_agent: everywhere,
  no_gateway_agent: everywhere,
  no_server_agent: everywhere,
  other_agent: (truth) =>
    truth.agent_id !== 'shadow-gpt' && truth.server_id !== 'lab-mcp' && hasBothSides(truth),
  session_aliases: ({ mcp_session_id }) => mcp_session_id !== null,
  duplicates: everywhere,
  late: ofServer('weather-mcp', 'docs-mcp', 'billing-mcp'),
  late_gateway: everywhere,
  gateway_only: everywhere,
  gateway_lost: everywhere,
  concurrent: everywhere,
  retries: everywhere,
  batches: everywhere,
  attempts: ({ server_operation_id, http_status }) =>
    server_operation_id !== null && http_status !== 429,
  input_required: (truth) => isNewest(truth) && truth.http_status === 200,
  legacy_ids: (truth) => !ofServer('search-mcp')(truth),
  linked: ofServer('search-mcp'),
  tool_errors: everywhere,
};

test.each(Object.entries(faults))('%s befalls the calls it can, at its rate', async (name, can) => {
  const folder = emptyFolder();
  await simulateInto(folder, {
    calls: CALLS,
    profile: 'lean',
    faults: { ...NO_FAULTS, [name]: 0.3 },
  });
  const truths = truthsOf(folder);
  const befallen = truths.filter(({ faults }) => faults.includes(name));
  const able = truths.filter((truth) => can(truth) && !isStaged(truth));

  // A staged incident has whole evidence; nothing else goes wrong than what was asked for.
  expect(befallen.filter((truth) => !can(truth))).toEqual([]);
  expect(new Set(truths.flatMap(({ faults }) => faults))).toEqual(
    new Set([name, ...(truths.some(isDeniedByStaging) ? STAGED : [])]),
  );
  expect(befallen.length / able.length).toBeGreaterThan(0.3 - spread(able.length));
  expect(befallen.length / able.length).toBeLessThan(0.3 + spread(able.length));
});

/** Every fleet has an approval denied, and one that expired. */
const STAGED = ['approval_denied', 'approval_expired'];
const isDeniedByStaging = ({ approval_result }: Truth) => approval_result === 'denied';

/** Four standard deviations, and a little for runs that end early. */
function spread(calls: number): number {
  return 0.03 + 4 * Math.sqrt((0.3 * 0.7) / calls);
}

const approvals: Readonly<Partial<Record<FaultName, string>>> = {
  approval_denied: 'approval_denied',
  approval_expired: 'approval_expired',
  approval_missing: 'approval_missing',
  approval_other_arguments: 'approval_other_arguments',
  approval_stale: 'approval_stale',
  approval_reused: 'approval_reused',
};

test.each(Object.entries(approvals))('%s befalls calls that need approvals', async (name) => {
  const folder = emptyFolder();
  await simulateInto(folder, {
    calls: 6_000,
    profile: 'lean',
    faults: { ...NO_FAULTS, [name]: 0.3 },
  });
  const asked = truthsOf(folder).filter(
    ({ approval_required, http_status, rpc_error_code }) =>
      approval_required && http_status === 200 && rpc_error_code === null,
  );
  const befallen = asked.filter(({ faults }) => faults.includes(name));

  expect(asked.length).toBeGreaterThan(80);
  expect(befallen.length / asked.length).toBeGreaterThan(0.3 - spread(asked.length));
  expect(befallen.length / asked.length).toBeLessThan(0.3 + spread(asked.length));
});

test('of the runs, so many share a trace; of the newest clients, so many fall back', async () => {
  const folder = emptyFolder();
  await simulateInto(folder, {
    calls: CALLS,
    profile: 'lean',
    faults: { ...NO_FAULTS, shared_trace: 0.5, version_probes: 0.5 },
  });
  const truths = truthsOf(folder);
  const traces = Map.groupBy(truths, ({ gateway_operation_id }) => gateway_operation_id);
  const newest = truths.filter(
    (truth) => isNewest(truth) || truth.faults.includes('version_probes'),
  );

  const shared = truths.filter(
    ({ gateway_operation_id }) => (traces.get(gateway_operation_id)?.length ?? 0) > 1,
  );
  expect(shared.length / truths.length).toBeGreaterThan(0.25);
  expect(shared.length / truths.length).toBeLessThan(0.6);
  const fallen = newest.filter((truth) => !isNewest(truth));
  expect(fallen.length / newest.length).toBeGreaterThan(0.3);
  expect(fallen.length / newest.length).toBeLessThan(0.7);
  for (const { mcp_session_id } of fallen) expect(mcp_session_id).not.toBeNull();
});

test('sampled servers keep one call of four', async () => {
  const folder = emptyFolder();
  await simulateInto(folder, {
    calls: CALLS,
    profile: 'lean',
    faults: { ...NO_FAULTS, sampled: 1 },
  });
  const sampled = truthsOf(folder).filter(ofServer('weather-mcp', 'docs-mcp'));
  const kept = sampled.filter(({ faults }) => faults.includes('sampled_kept'));

  expect(kept.length / sampled.length).toBeGreaterThan(0.2);
  expect(kept.length / sampled.length).toBeLessThan(0.3);
  for (const { server_span_id } of sampled.filter(({ faults }) =>
    faults.includes('sampled_dropped'),
  ))
    expect(server_span_id).toBeNull();
});

test('a session per call is nobody else’s', async () => {
  const folder = emptyFolder();
  await simulateInto(folder, {
    calls: CALLS,
    profile: 'lean',
    faults: { ...NO_FAULTS, session_per_call: 1 },
  });
  const sessions = truthsOf(folder).flatMap(({ mcp_session_id }) => mcp_session_id ?? []);

  expect(sessions.length).toBeGreaterThan(0);
  expect(new Set(sessions).size).toBe(sessions.length);
});

test('past the gateway go as many calls as are asked for, and five at least', async () => {
  for (const [rate, expected] of [
    [0, 0],
    [0.001, 5],
    [0.1, 150],
  ] as const) {
    const folder = emptyFolder();
    const { gateway_bypasses } = await simulateInto(folder, {
      calls: CALLS,
      profile: 'lean',
      faults: { ...NO_FAULTS, server_only: rate },
    });

    expect(gateway_bypasses).toBe(expected);
    expect(truthsOf(folder).filter((truth) => !hasGateway(truth)).length).toBe(expected);
  }
});
