export interface TextOperations {}
