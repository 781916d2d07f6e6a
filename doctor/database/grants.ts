import { UserError } from '../../core/errors.ts';
import type { AboutServer } from '../../store/clickhouse/about.ts';
import { kindOf } from '../../store/clickhouse/failures.ts';
import { grantsToWrite, inWords } from '../../store/clickhouse/grants.ts';
import type { ServerTarget } from '../../store/engines.ts';
import { type Finding, failed, warning } from '../check.ts';

/** What the user has not been given, with the lines that give it. */
export function lacking(
  { missingToRead, missingToWrite }: AboutServer,
  target: ServerTarget,
): Finding[] {
  const user = nameOf(target);
  const mend = linesOf(missingToWrite, target);
  if (missingToRead.length > 0) {
    return [
      failed(`the user ${user} may not ask everything; it lacks ${missingToRead.join(', ')}`, {
        code: 'access_denied',
        mend,
      }),
    ];
  }
  if (missingToWrite.length === 0) return [];
  return [
    warning(`the user ${user} may ask, and not write; it lacks ${missingToWrite.join(', ')}`, {
      why: 'For who only asks that is enough',
      mend,
    }),
  ];
}

/** The error; where a grant is missing, with all that are needed: one of them could not even be asked for. */
export function withGrants(error: unknown, target: ServerTarget): unknown {
  if (!(error instanceof UserError) || kindOf(error.cause ?? error) !== 'ACCESS_DENIED')
    return error;
  const lines = linesOf(grantsToWrite(target).map(inWords), target);
  return new UserError(error.code, error.message, lines, { cause: error });
}

function linesOf(grants: readonly string[], target: ServerTarget): string {
  const on = target.cluster === undefined ? '' : ` ON CLUSTER '${target.cluster}'`;
  return grants.map((grant) => `GRANT${on} ${grant} TO ${nameOf(target)};`).join('\n');
}

/** As SQL takes it. */
function nameOf({ user = 'default' }: ServerTarget): string {
  return user === 'default' ? user : `\`${user.replaceAll(/[\\`]/g, '\\$&')}\``;
}
