import { UserError } from '../../core/errors.ts';
import { escaped } from '../html/markup.ts';
import type { Judgement } from '../judgement.ts';
import { grouped } from '../reading.ts';
import { TITLES } from '../titles.ts';
import { shortened } from '../visible.ts';
import type { VerdictReport } from './verdict-report.ts';

/** How many violating subjects a failure names; the others are counted. */
const MOST_SUBJECTS = 20;
const LONGEST_SUBJECT = 300;

/** The targets as test cases, so that a CI tab shows them: breached fails, unverified is an error. */
export function renderJunit(report: VerdictReport): string {
  const { judgements, kind, generatedAt } = report;
  if (judgements.length === 0) {
    throw new UserError(
      'usage_invalid',
      'A JUnit report holds verdicts, and no target was judged.',
      'Name the SLO files in the config (slos:), or write .html, .md or .json.',
    );
  }
  const failures = judgements.filter(({ state }) => state === 'breached').length;
  const errors = judgements.filter(isUnverified).length;
  const counts = `tests="${judgements.length}" failures="${failures}" errors="${errors}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="mcp-witness" ${counts}>`,
    `  <testsuite name="${escaped(TITLES[kind])}" ${counts} timestamp="${escaped(generatedAt)}">`,
    ...judgements.map(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function isUnverified({ state }: Judgement): boolean {
  return state === 'insufficient_data' || state === 'not_provable';
}

function testCase(judgement: Judgement): string {
  const { service, displayName, state, reason, window } = judgement;
  const head = `    <testcase classname="${escaped(service)}" name="${escaped(displayName)}">`;
  const text = escaped(`${reason} Window ${window.from} to ${window.to}.`);
  return `${head}${outcome(judgement, escaped(state), text)}</testcase>`;
}

function outcome(judgement: Judgement, type: string, text: string): string {
  if (judgement.state === 'breached') {
    return `<failure type="${type}" message="${text}">${subjects(judgement)}</failure>`;
  }
  if (isUnverified(judgement)) return `<error type="${type}" message="${text}"/>`;
  return `<system-out>${type}: ${text}</system-out>`;
}

function subjects(judgement: Judgement): string {
  if (judgement.kind === 'objective') return '';
  const { violations, violating } = judgement;
  const named = violations.slice(0, MOST_SUBJECTS).map(({ subject, explanation, waiver }) => {
    const name = shortened(Object.values(subject).join(' '), LONGEST_SUBJECT);
    return escaped(`${name}: ${explanation}${waiver ? ` (waived: ${waiver})` : ''}`);
  });
  const rest = violating - named.length;
  return [...named, ...(rest > 0 ? [`and ${grouped(rest)} more`] : [])].join('\n');
}
