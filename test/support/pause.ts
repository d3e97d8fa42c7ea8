/** Lets the test runner speak with its worker: a test that computes for a minute without a pause is taken for dead. */
export const pause = (): Promise<void> => new Promise((go) => setImmediate(go));
