import type { Random } from './random.ts';
import {
  managedIdentitySignIn,
  onBehalfOfSignIn,
  principalSignInOfStream,
  type SignIn,
} from './records/sign-ins.ts';
import type { Run } from './runs.ts';
import type { Telemetry } from './telemetry.ts';

const WRONG_SECRET = 7000215;

/** Writes the sign-ins behind some runs: a token serves many calls, so most runs need none. */
export function writeSignIns(random: Random, telemetry: Telemetry, run: Run): void {
  const [first] = run.calls;
  if (!first || !random.chance(0.12)) return;
  const { caller, at } = run;
  const { server } = first.call;
  const signIn: SignIn = {
    at,
    id: random.uuid(),
    correlationId: random.uuid(),
    tokenId: random.hex(3),
    agent: caller.agent,
    user: caller.user,
    server,
    ip: caller.ip,
    errorCode: random.chance(0.02) ? WRONG_SECRET : 0,
  };
  const { principals, managed, users } = telemetry.identities;
  principals.add(principalSignInOfStream(signIn));
  const ofServer = { ...signIn, id: random.uuid(), tokenId: random.hex(3), errorCode: 0 };
  if (server.authorizationMode === 'managed_identity') managed.add(managedIdentitySignIn(ofServer));
  if (server.authorizationMode === 'obo') users.add(onBehalfOfSignIn(ofServer));
}
