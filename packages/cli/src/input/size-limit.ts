/** Bytes that one document may have: 64 MiB. */
export const sizeLimit = 64 * 1024 * 1024;

export const sizeLimitText = `the limit of ${sizeLimit} bytes (64 MiB)`;

export const sizeLimitRemedy = "put large data into a file of its own and name it in input_payload_path";
