/** Names of the errors of @azure/identity: nobody is signed in, or the sign-in was refused. */
export const SIGN_IN =
  /^(CredentialUnavailableError|AggregateAuthenticationError|AuthenticationError|AuthenticationRequiredError)$/;

/** Codes of Node where the other side's certificate is not trusted. */
export const CERTIFICATE = /^(DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|ERR_TLS)/;
