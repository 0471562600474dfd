import type { Grants } from "../graph/graph.ts";

/** The part of Pulumi's Node.js runtime that the recorder uses. Its types are part of the platform. */
export interface PulumiRuntime {
  output<T>(value: T): PulumiOutput<T>;
  runtime: {
    setMocks(
      mocks: {
        newResource(args: {
          type: string;
          name: string;
          inputs: Record<string, unknown>;
          custom?: boolean;
          id?: string;
        }): { id: string; state: Record<string, unknown> };
        call(args: { token: string; inputs: Record<string, never> }): Record<string, unknown>;
      },
      project: string,
      stack: string,
    ): Promise<void>;
    runInPulumiStack(program: () => Promise<unknown>): Promise<unknown>;
    unwrapRpcSecret(value: unknown): unknown;
    registerStackTransformation(
      transformation: (args: Transformation) => Transformation | undefined,
    ): void;
  };
}

export interface PulumiOutput<T> {
  apply<U>(next: (value: T) => U): PulumiOutput<U>;
}

export interface Transformation {
  type: string;
  name: string;
  resource: PulumiResource;
  opts: { parent?: unknown };
}

export interface PulumiResource {
  /** The option `protect` of the resource or its parent. */
  __protect?: boolean;
  getSSTLink?(): {
    properties: Record<string, unknown>;
    include?: (Grants[string][number] & { type: string })[];
  };
}
