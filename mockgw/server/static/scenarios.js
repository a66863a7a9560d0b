export class Scenarios { constructor(node) { this.node = node; } show() {} told() {} }
