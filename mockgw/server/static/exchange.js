export class ExchangeView { constructor(node) { this.node = node; } follow() {} heard() {} }
