export interface JsonOperations {}
