export interface FrontMatterOperations {}
