/** What XRT needs of a validator: the Standard Schema v1 interface (standardschema.dev), which zod, valibot and arktype implement. */
export interface StandardSchema<In = unknown, Out = In> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    validate(value: unknown): unknown;
    readonly types?: { readonly input: In; readonly output: Out } | undefined;
  };
}
