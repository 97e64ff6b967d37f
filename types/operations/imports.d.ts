export interface ImportOperations {}
