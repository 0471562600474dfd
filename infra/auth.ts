import type { Scope } from "@petstore/core/contract/routes";
import { lambda } from "./function";
import { stage } from "./stage";

/** Whose tokens are taken, for whom they must be issued, and what a scope is called in them. */
interface Issuer {
  issuer: $util.Input<string>;
  audiences: $util.Input<string>[];
  scope: (scope: Scope) => $util.Input<string>;
  /** What a deployment prints for people. */
  outputs: Record<string, $util.Input<string>>;
}

/** The stage's own users. Nobody signs up: an administrator creates them. */
function userPool(): Issuer {
  const customizeToken = lambda("CustomizeToken", {
    handler: "packages/functions/src/auth/customize-token.handler",
    // Cognito waits no longer.
    seconds: 5,
  });
  const pool = new sst.aws.CognitoUserPool("Users", {
    usernames: ["email"],
    mfa: "optional",
    softwareToken: true,
    // Cognito issues tokens with scopes from here. The prefix is unique among all of AWS.
    domain: {
      prefix: $interpolate`${$app.name}-${$app.stage}-${aws.getCallerIdentityOutput().accountId}`,
    },
    // Cognito's access tokens have no address of the user.
    triggers: { preTokenGeneration: customizeToken.arn, preTokenGenerationVersion: "v2" },
    transform: {
      userPool: {
        // The cheapest plan in which a trigger may customize access tokens.
        userPoolTier: "ESSENTIALS",
        deletionProtection: $app.stage === "production" ? "ACTIVE" : "INACTIVE",
        adminCreateUserConfig: { allowAdminCreateUserOnly: true },
        accountRecoverySetting: { recoveryMechanisms: [{ name: "verified_email", priority: 1 }] },
        // An address is written to: until a new one is verified, the old one stays.
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
  const scope = (scope: Scope) => $interpolate`${server.identifier}/${scope}`;

  // In Cognito scopes belong to clients, not to users: every user of a client gets all that it may
  // ask for. So the one that users sign in with may not ask for `pets:admin`.
  const pages = stage.allowOrigins.filter((origin) => origin !== "*");
  const callbackUrls = pages.length > 0 ? pages : ["http://localhost:3000"];
  const web = pool.addClient("Web", {
    callbackUrls,
    transform: {
      client: {
        allowedOauthFlows: ["code"],
        allowedOauthScopes: ["openid", "email", scope("pets:write"), scope("pets:import")],
        preventUserExistenceErrors: "ENABLED",
      },
    },
  });
  /** For operators' programs, which have its secret. */
  const operator = pool.addClient("Operator", {
    transform: {
      client: {
        allowedOauthFlows: ["client_credentials"],
        allowedOauthScopes: [scope("pets:admin")],
        generateSecret: true,
      },
    },
  });

  return {
    issuer: $interpolate`https://${pool.nodes.userPool.endpoint}`,
    audiences: [web.id, operator.id],
    scope,
    outputs: {
      signIn: $interpolate`${pool.domainUrl}/login?response_type=code&client_id=${web.id}&redirect_uri=${encodeURIComponent(String(callbackUrls[0]))}`,
      webClient: web.id,
      operatorClient: operator.id,
      token: `npx sst shell --stage ${$app.stage} -- npm run --silent token:aws`,
    },
  };
}

const issuer: Issuer = stage.auth
  ? { ...stage.auth, scope: (scope) => scope, outputs: {} }
  : userPool();
export const authOutputs = issuer.outputs;

/** The right of a caller: what the authorizer of an API asks of a token. */
export function authorization(api: sst.aws.ApiGatewayV2) {
  const authorizer = api.addAuthorizer({
    name: "Tokens",
    jwt: { issuer: issuer.issuer, audiences: issuer.audiences },
  });
  return (scope: Scope) => ({
    auth: {
      jwt: {
        authorizer: authorizer.id,
        scopes: [issuer.scope(scope), issuer.scope("pets:admin")],
      },
    },
  });
}

/** The same for functions: they tell administrators from others, and may verify a token themselves. */
export const auth = new sst.Linkable("Auth", {
  properties: {
    issuer: issuer.issuer,
    audiences: issuer.audiences,
    adminScope: issuer.scope("pets:admin"),
  },
});
