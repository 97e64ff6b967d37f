export interface MarkdownOperations {}
