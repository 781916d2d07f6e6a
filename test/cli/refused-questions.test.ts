import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, ask, type Fleet, hashOf, makeFleet, refused } from './fleet.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await makeFleet();
});
afterAll(() => fleet.remove());

/** Without the window, which is said before the question is asked. */
async function answerOf(...args: readonly string[]): Promise<Answer> {
  const answer = await ask([...args, '--config', fleet.config]);
  return { ...answer, err: answer.err.replace(/^window: .*\n/, '') };
}

const questions: Readonly<Record<string, readonly [string, string, string]>> = {
  'an unknown query name, with what comes near': [
    'query sre/latncy_by_tool',
    "There is no query named 'sre/latncy_by_tool'.",
    "Did you mean 'sre/latency_by_tool'? 'mcp-witness query --list' shows all.",
  ],
  'an unknown parameter, with what comes near': [
    'query soc/timeline --param agnet=x',
    "The query soc/timeline has no parameter 'agnet'.",
    "Did you mean 'agent'? It takes: from_at, to_at, session, agent, call, caller, agent_pseudonym, caller_pseudonym, tool, server, limit.",
  ],
  'a parameter of the wrong type': [
    'query soc/timeline --param limit=many',
    "The parameter 'limit' of soc/timeline cannot be 'many'.",
    'Write a whole number such as 100 (1 or more): it is at most this many, the earliest.',
  ],
  'a parameter that is missing': [
    'query soc/events_of_call',
    "The query soc/events_of_call needs the parameter 'call': call id, or an earlier id of the same call.",
    'Give it: --param call=VALUE, where VALUE is text.',
  ],
  'a parameter without a value': [
    'query soc/timeline --param limit',
    "--param cannot be 'limit'.",
    "Write a name and a value, such as '--param limit=100'.",
  ],
  'a query that is two things at once': [
    'query sre/summary --sql select~1',
    'A query is either a name, or --kql, or --sql, or --list.',
    "Write 'mcp-witness query --list' to see the names.",
  ],
  'a query that is nothing': [
    'query',
    'A query is either a name, or --kql, or --sql, or --list.',
    "Write 'mcp-witness query --list' to see the names.",
  ],
  'an empty statement': [
    'query --sql ~',
    'A query is either a name, or --kql, or --sql, or --list.',
    "Write 'mcp-witness query --list' to see the names.",
  ],
  'a window of a statement': [
    'query --sql select~1 --since 1h',
    '--from, --to and --since are of questions with a name; a statement says itself which time it is about.',
    `Write it there, such as: where "timestamp" >= x_ts('2026-11-01').`,
  ],
  'a parameter of a statement': [
    'query --sql select~1 --param limit=1',
    '--param is of questions with a name.',
    'Write the value into the statement.',
  ],
  'as many rows of a question': [
    'query sre/summary --max-rows 1',
    '--max-rows bounds the rows of --sql alone.',
    "Leave it away; 'mcp-witness query --list --wide' shows which questions have a parameter 'limit'.",
  ],
  'a KQL question that there is not, with what comes near': [
    'query --kql sre/operational_veiw',
    "There is no KQL query named 'sre/operational_veiw'.",
    "Did you mean 'sre/operational_view'? 'mcp-witness query --list' shows all.",
  ],
  'one of ours, asked for in KQL': [
    'query --kql sre/summary',
    "There is no KQL query named 'sre/summary'.",
    "'mcp-witness query --list' shows all.",
  ],
  'KQL without a parameter that it needs': [
    'query --kql slo/write_latency',
    "The query slo/write_latency needs the parameter 'tools': names of the write tools.",
    'Give it: --param tools=VALUE, where VALUE is texts with commas between.',
  ],
  'KQL with a parameter that it has not': [
    'query --kql sre/latency_by_tool --param limit=5',
    "The query sre/latency_by_tool has no parameter 'limit'.",
    'It takes: from_at, to_at.',
  ],
  'KQL with a number that is none': [
    'query --kql slo/auth_success --param target=1)~or~(1',
    "The parameter 'target' of slo/auth_success cannot be '1) or (1'.",
    'Write a number such as 1500 or 0.95 (0 or more): it is the promise.',
  ],
  'KQL with a time that is none': [
    'query --kql soc/timeline --param from_at=ago(1d)',
    "The parameter 'from_at' of soc/timeline cannot be 'ago(1d)'.",
    "Write '2026-11-21T10:00:00Z', '2026-11-21' or 'now-24h': it is window start, inclusive.",
  ],
  'KQL for a window that is empty': [
    'query --kql soc/timeline --from 2026-11-02 --to 2026-11-01',
    'The window from 2026-11-02T00:00:00.000Z to 2026-11-01T00:00:00.000Z is empty.',
    'Choose a start that is before the end.',
  ],
  'KQL in a format': [
    'query --kql soc/timeline --format json',
    '--kql prints the text of a query, which has no format.',
    'Leave --format out; the portal exports what the query answers.',
  ],
  'a name beside --kql': [
    'query sre/summary --kql soc/timeline',
    'A query is either a name, or --kql, or --sql, or --list.',
    "Write 'mcp-witness query --list' to see the names.",
  ],
  'an unknown format': [
    'timeline --format xml',
    "There is no format named 'xml'.",
    'Use one of: table, json, ndjson, csv, md.',
  ],
  'a format that is not written here': [
    'timeline --format parquet',
    'parquet is not written by this command.',
    "Use --format csv or ndjson, which DuckDB reads back with its types: copy (from 'rows.ndjson') to 'rows.parquet'.",
  ],
  'a time that is none': [
    'timeline --from yesterday',
    "'yesterday' is not a time.",
    "Write a date ('2026-11-21'), an ISO time ('2026-11-21T10:00:00Z'), or 'now-24h'.",
  ],
  'a day that does not exist': [
    'timeline --to 2026-02-30',
    "'2026-02-30' is not a time.",
    "Write a date ('2026-11-21'), an ISO time ('2026-11-21T10:00:00Z'), or 'now-24h'.",
  ],
  'a start of verdicts': [
    'slo report --since yesterday',
    '--since says nothing of verdicts: each objective has the window that its definition gives it.',
    "Say with --to where the windows end ('2026-11-21', '2026-11-21T10:00:00Z', 'now-24h'); 'mcp-witness slo events NAME --lookback 24h' shows the rows of less.",
  ],
  'a start of the rows behind one': [
    'slo events auth-success --from 2026-11-20',
    '--from says nothing of verdicts: each objective has the window that its definition gives it.',
    "Say with --to where the window ends, and with --lookback ('1h', '7d') how much of its end is shown.",
  ],
  'a start of a comparison': [
    'slo compare --since 24h',
    '--since says nothing of verdicts: each objective has the window that its definition gives it.',
    "Say with --window ('24h', '7d') how long the windows are, and with --to where they end.",
  ],
  'a duration without a unit': [
    'coverage --since 24',
    "'24' is not a duration.",
    "Write a number and a unit, such as '90s', '15m', '24h', '7d' or '2w'.",
  ],
  'a duration beyond the calendar': [
    'coverage --since 9999999w',
    "'9999999w' is longer than a hundred years.",
    'Write a shorter duration.',
  ],
  'an empty window': [
    'cost report --from 2026-11-02 --to 2026-11-02',
    'The window from 2026-11-02T00:00:00.000Z to 2026-11-02T00:00:00.000Z is empty.',
    'Choose a start that is before the end.',
  ],
  'two starts of a window': [
    'timeline --from 2026-11-02 --since 1d',
    '--from and --since both say where the window starts.',
    'Give one of the two.',
  ],
  'evidence of no call': [
    'timeline --expand',
    '--expand shows the evidence behind one call, and no call is named.',
    "Add --call ID; 'mcp-witness timeline --wide' shows the ids.",
  ],
  'a report in an unknown format': [
    'report all --out report.pdf',
    "A report cannot be written as 'report.pdf'.",
    "End the file's name in one of: .html, .md, .json, .xml, .sarif, .prom.",
  ],
};

test.each([
  ...['slo report --to', 'slo compare --to', 'slo events auth-success --to', 'readiness --from'],
  ...['report soc --out x.html --from', 'export parquet --out x --to'],
])('%s refuses a time that is finer than a millisecond', async (command) => {
  const time = '2026-11-20T11:55:00.000500Z';

  expect(await answerOf(...command.split(' '), time)).toEqual(
    refused(`'${time}' is finer than a millisecond.`, 'Write at most three decimals.'),
  );
});

test.each(Object.entries(questions))('%s', async (_, [command, problem, fix]) => {
  const args = command.split(' ').map((arg) => arg.replaceAll('~', ' '));

  expect(await answerOf(...args)).toEqual(refused(problem, fix));
});

describe('--sql only reads, and only the database', () => {
  const statements: Readonly<Record<string, readonly [sql: string, err: RegExp]>> = {
    'two statements': [
      'select 1; select 2',
      /^error: The text holds 2 statements\.\n {2}fix: Give exactly one\.\n$/,
    ],
    'a table made': ['create table x (i integer)', /read-only mode/],
    'rows deleted': ['delete from events', /read-only mode/],
    'a file read': ["select * from read_text('/etc/hostname')", /disabled by configuration/],
    'a file named as a table': ["select * from '/etc/hostname.csv'", /disabled by configuration/],
    'a file written': ["copy tool_calls to 'leak.csv'", /disabled by configuration/],
    'another database': ["attach 'other.duckdb' as other", /disabled by configuration/],
    'an extension': ["load 'httpfs'", /disabled through configuration/],
    'a setting': ['set enable_external_access = true', /locked/],
    'no SQL': ['seelct 1', /syntax error at or near "seelct"/],
  };

  test.each(Object.entries(statements))('%s', async (_, [sql, err]) => {
    const before = hashOf(fleet.db);
    const answer = await answerOf('query', '--sql', sql);

    expect(answer).toMatchObject({ code: 2, out: '' });
    expect(answer.err).toMatch(err);
    expect(answer.err).toMatch(/\n {2}fix: .+\.\n$/);
    expect(hashOf(fleet.db)).toBe(before);
    expect(existsSync('leak.csv')).toBe(false);
  });
});
