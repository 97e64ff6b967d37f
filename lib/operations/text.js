export const textOperations = {};
