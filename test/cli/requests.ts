/** A minute of one server's requests, each another one. */
export function requests(count: number, from = 0): string {
  const lines = Array.from({ length: count }, (_, index) => {
    const n = from + index;
    // Not from zero: an id of nothing but zeros is no id.
    const id = (n + 1).toString(16).padStart(16, '0');
    const at = `2026-11-20T10:00:${String(n % 60).padStart(2, '0')}.${String(n).padStart(6, '0')}Z`;
    return `{"Type":"AppRequests","TimeGenerated":"${at}","Id":"${id}","OperationId":"${id}${id}","Name":"POST /mcp","DurationMs":12.5,"ResultCode":"200","Success":true,"AppRoleName":"s-1"}\n`;
  });
  return lines.join('');
}
