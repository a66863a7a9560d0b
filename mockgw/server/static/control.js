export class Control { constructor(node) { this.node = node; } show() {} told() {} }
