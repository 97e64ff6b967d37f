export const markdownOperations = {};
