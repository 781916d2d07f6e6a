/** The twelve fields of the evidence contract, under their published names. */
export const CONTRACT_FIELDS = [
  'timestamp',
  'agent_id',
  'server_id',
  'tool_name',
  'mcp_session_id',
  'caller_identity',
  'downstream_resource',
  'authorization_mode',
  'approval_required',
  'approval_result',
  'latency_ms',
  'result_code',
] as const;
