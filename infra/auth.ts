import type { Scope } from "@petstore/core/contract/routes";
import { createFunction } from "./function";
import { stage } from "./stage";

/** The issuer of the tokens that the API accepts. */
interface Issuer {
  issuer: $util.Input<string>;
  /** Accepted values of `aud` or `client_id`. */
  audiences: $util.Input<string>[];
  /** Returns the name of a scope in tokens. */
  scopeName: (scope: Scope) => $util.Input<string>;
  /** Values that a deployment prints. */
  outputs: Record<string, $util.Input<string>>;
}

/** Creates a user pool for the stage. Users cannot sign up: an administrator creates them. */
function createUserPool(): Issuer {
  const customizeToken = createFunction("CustomizeToken", {
    handler: "packages/functions/src/auth/customize-token.handler",
    // Cognito's maximum for triggers:
    // https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-identity-pools-working-with-aws-lambda-triggers.html
    timeoutSeconds: 5,
  });
  const pool = new sst.aws.CognitoUserPool("Users", {
    usernames: ["email"],
    mfa: "optional",
    softwareToken: true,
    // Cognito issues tokens with scopes only from a domain. Its prefix must be unique across AWS accounts.
    domain: {
      prefix: $interpolate`${$app.name}-${$app.stage}-${aws.getCallerIdentityOutput().accountId}`,
    },
    // Without the trigger, access tokens do not contain the user's mail address.
    triggers: { preTokenGeneration: customizeToken.arn, preTokenGenerationVersion: "v2" },
    transform: {
      userPool: {
        // The cheapest plan in which a trigger can customize access tokens.
        userPoolTier: "ESSENTIALS",
        deletionProtection: $app.stage === "production" ? "ACTIVE" : "INACTIVE",
        adminCreateUserConfig: { allowAdminCreateUserOnly: true },
        accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
        // Owners receive mail at this address, so a new one must be verified before it replaces the old.
        userAttributeUpdateSettings: { attributesRequireVerificationBeforeUpdates: ["email"] },
        passwordPolicy: {
          minimumLength: 12,
          requireLowercase: true,
          requireUppercase: true,
          requireNumbers: true,
          requireSymbols: false,
          temporaryPasswordValidityDays: 3,
        },
      },
    },
  });

  const server = new aws.cognito.ResourceServer("Scopes", {
    userPoolId: pool.id,
    identifier: $app.name,
    name: $app.name,
    scopes: [
      { scopeName: "pets:write", scopeDescription: "Create pets, and change one's own" },
      { scopeName: "pets:import", scopeDescription: "Import many pets" },
      { scopeName: "pets:admin", scopeDescription: "Change everybody's pets" },
    ] satisfies { scopeName: Scope; scopeDescription: string }[],
  });
  const scopeName = (scope: Scope) => $interpolate`${server.identifier}/${scope}`;

  // Cognito grants scopes to clients, not to users: every user of a client can get all of its scopes.
  // Therefore `pets:admin` belongs to a separate client, for programs that know its secret.
  const origins = stage.allowOrigins.filter((origin) => origin !== "*");
  const callbackUrls = origins.length > 0 ? origins : ["http://localhost:3000"];
  const web = pool.addClient("Web", {
    callbackUrls,
    transform: {
      client: {
        allowedOauthFlows: ["code"],
        allowedOauthScopes: ["openid", "email", scopeName("pets:write"), scopeName("pets:import")],
        preventUserExistenceErrors: "ENABLED",
      },
    },
  });
  const operator = pool.addClient("Operator", {
    transform: {
      client: {
        allowedOauthFlows: ["client_credentials"],
        allowedOauthScopes: [scopeName("pets:admin")],
        generateSecret: true,
      },
    },
  });

  return {
    issuer: $interpolate`https://${pool.nodes.userPool.endpoint}`,
    audiences: [web.id, operator.id],
    scopeName,
    outputs: {
      signIn: $interpolate`${pool.domainUrl}/login?response_type=code&client_id=${web.id}&redirect_uri=${encodeURIComponent(String(callbackUrls[0]))}`,
      webClient: web.id,
      operatorClient: operator.id,
      token: `npx sst shell --stage ${$app.stage} -- npm run --silent token:aws`,
    },
  };
}

const issuer: Issuer = stage.auth
  ? { ...stage.auth, scopeName: (scope) => scope, outputs: {} }
  : createUserPool();
export const authOutputs = issuer.outputs;

/**
 * Creates the authorizer of an API.
 *
 * @returns a function that returns a route's authorization: a token with the scope, or an administrator's
 */
export function createAuthorizer(api: sst.aws.ApiGatewayV2) {
  const authorizer = api.addAuthorizer({
    name: "Tokens",
    jwt: { issuer: issuer.issuer, audiences: issuer.audiences },
  });
  return (scope: Scope) => ({
    auth: {
      jwt: {
        authorizer: authorizer.id,
        scopes: [issuer.scopeName(scope), issuer.scopeName("pets:admin")],
      },
    },
  });
}

/** The issuer, for functions that recognise administrators or verify tokens themselves. */
export const auth = new sst.Linkable("Auth", {
  properties: {
    issuer: issuer.issuer,
    audiences: issuer.audiences,
    adminScope: issuer.scopeName("pets:admin"),
  },
});
