import type { TokenCredential } from '@azure/identity';
import { messageOf, UserError } from '../../core/errors.ts';
import { withinTime } from '../../core/time-limit.ts';
import { SIGN_IN } from '../azure-failures.ts';

/** Who is signed in, as far as a token says it; tokens themselves are never shown. */
export interface SignedIn {
  readonly credential: TokenCredential;
  readonly expiresAt: Date;
  readonly tenant: string | undefined;
  /** What a role is given to. */
  readonly objectId: string | undefined;
  /** 'a user through Azure CLI', 'a managed identity'. */
  readonly as: string;
}

/** Applications that users sign in with, by their published ids. */
const TOOLS: Readonly<Record<string, string>> = {
  '04b07795-8ddb-461a-bbee-02f9e1bf7b46': 'Azure CLI',
  '1950a258-227b-4e31-a9cf-717495945fc2': 'Azure PowerShell',
  'aebc6443-996d-45c2-90f0-388ff96faa56': 'Visual Studio Code',
};

/** Signs in as the clients do, for one service. UserError: nobody is signed in, or not in time. */
export async function signIn(
  scope: string,
  limitMs: number,
  given?: TokenCredential,
): Promise<SignedIn> {
  const credential = given ?? (await defaultCredential());
  // Some ways to sign in run other programs, which no signal reaches.
  const token = await withinTime(limitMs, (abortSignal) =>
    credential.getToken(scope, { abortSignal }),
  ).catch((error: unknown) => {
    throw explained(error);
  });
  if (!token) throw signedOut('no token was given');
  const claims = claimsOf(token.token);
  return {
    credential,
    expiresAt: new Date(token.expiresOnTimestamp),
    tenant: textOf(claims['tid']),
    objectId: textOf(claims['oid']),
    as: nameOf(claims),
  };
}

async function defaultCredential(): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new DefaultAzureCredential();
}

function explained(error: unknown): UserError {
  const { name = '', errors = [] } = error as { name?: string; errors?: readonly unknown[] };
  const reasons = (errors.length > 0 ? errors : [error]).map(
    (each) => messageOf(each).split('\n')[0] ?? '',
  );
  const [first = ''] = reasons;
  if (!SIGN_IN.test(name) || reasons.length === 1) return signedOut(first.slice(0, 240), error);
  // A chain fails for as many reasons as it has links, and most of them say that there is no such thing.
  const tried = reasons.flatMap((reason) => /\b(\w+?)Credential\b/.exec(reason)?.[1] ?? []);
  return signedOut(`none of ${[...new Set(tried)].join(', ')} gave a token`, error);
}

function signedOut(why: string, cause?: unknown): UserError {
  return new UserError(
    'access_denied',
    `Nobody is signed in to Azure: ${why}`,
    'az login\n# or run where a managed identity is; AZURE_TOKEN_CREDENTIALS narrows what is tried',
    { cause },
  );
}

/** What a token says of its owner. It is not verified: the services do that. */
function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const [, body = ''] = token.split('.');
    const claims: unknown = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? { ...claims } : {};
  } catch {
    return {};
  }
}

function nameOf(claims: Readonly<Record<string, unknown>>): string {
  if (textOf(claims['xms_mirid']) !== undefined) return 'a managed identity';
  const app = textOf(claims['appid']) ?? textOf(claims['azp']);
  if (claims['idtyp'] === 'app') return `the application ${app}`;
  if (app === undefined) return 'somebody whose token does not say who';
  return `a user through ${TOOLS[app] ?? `the application ${app}`}`;
}

/** Only what an id looks like: a claim is a foreign text. */
function textOf(claim: unknown): string | undefined {
  return typeof claim === 'string' && /^[\w./-]{1,256}$/.test(claim) ? claim : undefined;
}
