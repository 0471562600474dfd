import type { Grants } from "../../graph/graph.ts";
import type {
  Authorize,
  ConditionContext,
  Denial,
  Permission,
  PrincipalDeclaration,
} from "../../runtime/authorization.ts";
import { logOnce } from "../../util/lines.ts";
import type { Decision } from "./decision-log.ts";
import { capabilitiesOf } from "./links.ts";
import { principalsOf } from "./principals.ts";
import type { Role } from "./roles.ts";
import { type Principal, simulate, type Verdict } from "./simulate.ts";

export interface AuthorizerOptions {
  roles: Role[];
  principals: PrincipalDeclaration[];
  /** What links grant, by name. */
  grants: Grants;
  /** Hears of every decision. */
  record: (decision: Decision) => void;
  /** A line for the person at the terminal. */
  log: (line: string) => void;
}

/** Verdicts that are kept: those of a function's usual calls. */
const MAX_KEPT = 1_000;

/**
 * IAM: what functions and schedules may do is what their roles say in the graph. A role that is not
 * of this app may do nothing, as nobody knows here what it may; a line says so at the start.
 */
export function createAuthorizer(options: AuthorizerOptions): { check: Authorize } {
  const { record, log } = options;
  const principals = principalsOf(options.principals, options.roles, log);
  const capabilities = capabilitiesOf(options.grants);
  const sayOnce = logOnce(log);
  const kept = new Map<string, Verdict>();

  async function decide(
    principal: Principal,
    action: string,
    resource: string,
    asked: ConditionContext,
  ) {
    // Calls that differ only in what no policy asks for are decided alike.
    const context = Object.fromEntries(
      Object.entries(asked).filter(([key]) => principal.asksFor(key)),
    );
    const key = [principal.arn, action, resource, JSON.stringify(context)].join(" ");
    const known = kept.get(key);
    if (known) return known;
    const verdict = await simulate(principal, action, resource, context);
    kept.set(key, verdict);
    if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value as string);
    return verdict;
  }

  async function lacks(caller: string, need: Permission): Promise<Denial | undefined> {
    const principal = principals.get(caller);
    if (!principal) throw new Error(`${caller} has no role`);
    const { action, resources, context = {} } = need;
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
    sayOnce(`${caller} may not ${action} on ${resource}: ${await capabilities.remedy(need)}`);
    const isExplicit = verdicts.includes("ExplicitlyDenied");
    return { principal: principal.arn, action, resource, isExplicit };
  }

  return {
    async check(caller, needs) {
      for (const need of needs) {
        const denial = await lacks(caller, need);
        if (denial) return denial;
      }
      return undefined;
    },
  };
}
