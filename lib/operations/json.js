export const jsonOperations = {};
