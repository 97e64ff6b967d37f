export const frontMatterOperations = {};
