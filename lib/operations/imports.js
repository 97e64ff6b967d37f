export const importOperations = {};
