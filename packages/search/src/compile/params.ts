/** Values of a statement, bound by the engine. Nothing that a user wrote becomes part of a statement's text. */
export class Params {
  readonly values: Record<string, unknown> = {};
  private readonly names = new Map<string, string>();

  /** A text; gives the placeholder that stands for it. */
  string(value: string): string {
    return this.add("String", value);
  }

  strings(values: readonly string[]): string {
    return this.add("Array(String)", values);
  }

  float(value: number): string {
    return this.add("Float64", value);
  }

  /** A whole number up to 2^53, of either sign. */
  integer(value: number): string {
    return this.add("Int64", value);
  }

  private add(type: string, value: unknown): string {
    const key = `${type} ${JSON.stringify(value)}`;
    const known = this.names.get(key);
    if (known !== undefined) return known;
    const name = `p${this.names.size}`;
    const placeholder = `{${name}:${type}}`;
    this.names.set(key, placeholder);
    this.values[name] = value;
    return placeholder;
  }
}
