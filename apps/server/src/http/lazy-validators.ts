import buildCompiler, { type ValidatorFactory } from "@fastify/ajv-compiler";

/** A compiled schema, as Fastify calls it: the errors of the last call are a property of the function. */
interface Validate {
  (data: unknown, standsAt?: object): unknown;
  errors?: unknown;
  /** Fastify tells where `data` stands, for what is replaced as a whole, only where there is one. */
  readonly schemaEnv: unknown;
}

/**
 * Fastify's own compiler of schemas, put off until a route is first asked: to compile those of all routes is a tenth of
 * what a start of the server computes.
 */
export function lazyValidators(): ValidatorFactory {
  const build = buildCompiler() as (schemas: object, options?: object) => (schema: unknown) => Validate;
  const buildLazy: typeof build = (schemas, options) => {
    const compile = build(schemas, options);
    return (route) => {
      let compiled: Validate | undefined;
      const validate = (data: unknown, standsAt?: object): unknown => {
        compiled ??= compile(route);
        const isValid = compiled(data, standsAt);
        lazy.errors = compiled.errors;
        return isValid;
      };
      const lazy: Validate = Object.assign(validate, { schemaEnv: true });
      return lazy;
    };
  };
  return buildLazy as ValidatorFactory;
}
