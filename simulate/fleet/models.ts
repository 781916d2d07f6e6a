/** Deployments, and the model that answers for each. The last one has no price. */
export const MODELS: Readonly<Record<string, string>> = {
  'gpt-4.1-mini': 'gpt-4.1-mini-2025-04-14',
  'gpt-4.1': 'gpt-4.1-2025-04-14',
  'o4-mini': 'o4-mini-2025-04-16',
};

/** The API through which agents reach them. */
export const MODELS_API = 'azure-openai';
