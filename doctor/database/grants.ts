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
  const lacks = (missing: readonly string[]): string => `it lacks ${missing.join(', ')}`;
  const findings: Finding[] = [];
  if (missingToRead.length > 0) {
    findings.push(
      failed(`the user ${nameOf(target)} may not ask everything; ${lacks(missingToRead)}`, {
        code: 'access_denied',
        mend: linesOf(missingToRead, target),
      }),
    );
  }
  if (missingToWrite.length > 0) {
    findings.push(
      warning(`the user ${nameOf(target)} may not write; ${lacks(missingToWrite)}`, {
        why: 'Who only asks needs none of it',
        mend: linesOf(missingToWrite, target),
      }),
    );
  }
  return findings;
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
