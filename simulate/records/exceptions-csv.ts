import { portalTime } from '../timestamps.ts';
import type { InsightsItem } from './insights.ts';

/** Columns of AppExceptions as the portal's CSV export names them. */
const COLUMNS: readonly (readonly [string, (item: InsightsItem) => unknown])[] = [
  ['TimeGenerated [UTC]', ({ at }) => portalTime(at)],
  ['ProblemId', ({ columns }) => columns['ProblemId']],
  ['ExceptionType', ({ columns }) => columns['ExceptionType']],
  ['OuterMessage', ({ columns }) => columns['OuterMessage']],
  ['SeverityLevel', ({ columns }) => columns['SeverityLevel']],
  ['Properties', ({ properties }) => JSON.stringify(properties)],
  ['OperationName', ({ operationName }) => operationName],
  ['OperationId', ({ operationId }) => operationId],
  ['ParentId', ({ parentId }) => parentId],
  ['AppRoleName', ({ roleName }) => roleName],
  ['ItemCount', ({ itemCount }) => itemCount],
  ['Type', ({ table }) => table],
];

export const EXCEPTIONS_HEADER = COLUMNS.map(([name]) => quoted(name)).join(',');

/** One exception as a line of that CSV. */
export function exceptionCsv(item: InsightsItem): string {
  return COLUMNS.map(([, value]) => quoted(value(item))).join(',');
}

function quoted(value: unknown): string {
  return `"${String(value ?? '').replaceAll('"', '""')}"`;
}
