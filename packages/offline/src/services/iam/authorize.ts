import { join } from "node:path";
import type { Grants } from "../../graph/graph.ts";
import type {
  Authorize,
  ConditionContext,
  Denial,
  Permission,
  PrincipalDeclaration,
} from "../../runtime/authorization.ts";
import { openLogFile } from "../../state/log-file.ts";
import { logOnce } from "../../util/lines.ts";
import { describeRemedy } from "./links.ts";
import { resolvePrincipals } from "./principals.ts";
import type { Role } from "./resources.ts";
import { type Principal, simulate, type Verdict } from "./simulate.ts";

export interface AuthorizerOptions {
  roles: Role[];
  principals: PrincipalDeclaration[];
  /** The statements of links, by name. */
  grants: Grants;
  /** Called with each decision. */
  record: (decision: Decision) => void;
  /** Prints a line in the terminal. */
  log: (line: string) => void;
}

/** Cached verdicts: enough for the usual calls of all functions. */
const MAX_CACHED = 1_000;

/**
 * Creates the authorizer of all calls of AWS, which decides by the policies of functions' and
 * schedules' roles in the graph. The policies of a role that is not in the graph are unknown, so it has
 * no permissions; a line in the terminal reports it at the start.
 */
export function createAuthorizer(options: AuthorizerOptions): { check: Authorize } {
  const { record, log } = options;
  const principals = resolvePrincipals(options.principals, options.roles, log);
  const logDenial = logOnce(log);
  const cache = new Map<string, Verdict>();

  async function decide(
    principal: Principal,
    action: string,
    resource: string,
    keys: ConditionContext,
  ) {
    // Condition keys that no policy uses would only make the cache less effective.
    const context = Object.fromEntries(
      Object.entries(keys).filter(([key]) => principal.hasConditionOn(key)),
    );
    const key = [principal.arn, action, resource, JSON.stringify(context)].join(" ");
    const cached = cache.get(key);
    if (cached) return cached;
    const verdict = await simulate(principal, action, resource, context);
    cache.set(key, verdict);
    if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value as string);
    return verdict;
  }

  async function findDenial(caller: string, permission: Permission): Promise<Denial | undefined> {
    const principal = principals.get(caller);
    if (!principal) throw new Error(`${caller} has no role`);
    const { action, resources, context = {} } = permission;
    const verdicts: Verdict[] = [];
    for (const resource of resources) {
      const verdict = await decide(principal, action, resource, context);
      if (verdict === "Allowed") {
        record({ function: caller, action, resource, allowed: true });
        return undefined;
      }
      verdicts.push(verdict);
    }
    const [resource] = resources;
    record({ function: caller, action, resource, allowed: false });
    logDenial(
      `${caller} may not ${action} on ${resource}: ${await describeRemedy(options.grants, permission)}`,
    );
    const isExplicit = verdicts.includes("ExplicitlyDenied");
    return { principal: principal.arn, action, resource, isExplicit };
  }

  return {
    async check(caller, permissions) {
      for (const permission of permissions) {
        const denial = await findDenial(caller, permission);
        if (denial) return denial;
      }
      return undefined;
    },
  };
}

/** A decision of IAM. */
export interface Decision {
  /** Logical name of the function, or of the schedule. */
  function: string;
  action: string;
  resource: string;
  allowed: boolean;
}

/**
 * Opens `permissions.jsonl` in a state directory, with one line for each distinct decision of this run.
 * It shows which permissions the app uses.
 */
export function openPermissions(stateDirectory: string, log: (line: string) => void) {
  const path = join(stateDirectory, "permissions.jsonl");
  const file = openLogFile(path, { flags: "w", onStop: log });
  const written = new Set<string>();
  return {
    record(decision: Decision): void {
      const line = `${JSON.stringify(decision)}\n`;
      if (written.has(line)) return;
      written.add(line);
      file.write(line);
    },
    close: file.close,
  };
}
