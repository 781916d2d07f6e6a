import { type Check, ok } from '../check.ts';

export const signIn: Check = {
  name: 'sign-in',
  area: 'azure',
  asks: 'Is somebody signed in, who, and in which tenant?',
  async examine({ estate, given }) {
    const { as, objectId, tenant, expiresAt } = await estate.signedIn();
    const narrowed = given.env['AZURE_TOKEN_CREDENTIALS'];
    const minutes = Math.round((expiresAt.getTime() - given.now().getTime()) / 60_000);
    const parts = [
      as,
      ...(objectId === undefined ? [] : [`object id ${objectId}`]),
      ...(tenant === undefined ? [] : [`tenant ${tenant}`]),
      ...(narrowed ? [`AZURE_TOKEN_CREDENTIALS=${narrowed}`] : []),
      `token for ${minutes} min`,
    ];
    return ok(parts.join(', '));
  },
};
