import ts from 'typescript';
import type { Edit, Kind } from './fault.js';

const { SyntaxKind: K } = ts;

/** Operators, what stands there instead, and what that is a fault of. */
const OPERATORS: Readonly<Partial<Record<ts.SyntaxKind, readonly (readonly [to: string, kind: Kind])[]>>> = {
  [K.LessThanToken]: [['<=', 'bound']],
  [K.LessThanEqualsToken]: [['<', 'bound']],
  [K.GreaterThanToken]: [['>=', 'bound']],
  [K.GreaterThanEqualsToken]: [['>', 'bound']],
  [K.EqualsEqualsEqualsToken]: [['!==', 'comparison']],
  [K.ExclamationEqualsEqualsToken]: [['===', 'comparison']],
  [K.PlusToken]: [['-', 'arithmetic']],
  [K.MinusToken]: [['+', 'arithmetic']],
  [K.AsteriskToken]: [
    ['/', 'arithmetic'],
    ['+', 'arithmetic'],
  ],
  [K.SlashToken]: [['*', 'arithmetic']],
  [K.PercentToken]: [['*', 'arithmetic']],
  [K.PlusEqualsToken]: [['-=', 'arithmetic']],
  [K.MinusEqualsToken]: [['+=', 'arithmetic']],
  [K.AmpersandToken]: [['|', 'bits']],
  [K.BarToken]: [['&', 'bits']],
  [K.CaretToken]: [['|', 'bits']],
  [K.LessThanLessThanToken]: [['>>', 'bits']],
  [K.GreaterThanGreaterThanToken]: [
    ['<<', 'bits'],
    ['>>>', 'bits'],
  ],
  [K.GreaterThanGreaterThanGreaterThanToken]: [['>>', 'bits']],
  [K.AmpersandAmpersandToken]: [['||', 'logic']],
  [K.BarBarToken]: [['&&', 'logic']],
};

const MATH: Readonly<Record<string, string>> = { min: 'max', max: 'min', floor: 'ceil', ceil: 'floor', round: 'floor' };

/** What only says something to people: texts, and what is thrown with them. */
const isWords = (node: ts.Node): boolean =>
  ts.isTemplateExpression(node) ||
  ts.isThrowStatement(node) ||
  (ts.isCallExpression(node) && /^(fail|internal\w*)$/.test(node.expression.getText())) ||
  (ts.isNewExpression(node) && /Error$/.test(node.expression.getText()));

const isOutside = (node: ts.Node): boolean =>
  ts.isTypeNode(node) ||
  ts.isImportDeclaration(node) ||
  ts.isExportDeclaration(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node);

function ofNumber(node: ts.NumericLiteral | ts.BigIntLiteral, source: ts.SourceFile): readonly string[] {
  const text = node.getText(source);
  const value = BigInt(
    ts.isBigIntLiteral(node) ? text.slice(0, -1).replaceAll('_', '') : Number.isInteger(Number(node.text)) ? node.text : 0,
  );
  if (ts.isNumericLiteral(node) && !Number.isInteger(Number(node.text))) return [`${text} * 2`];
  const end = ts.isBigIntLiteral(node) ? 'n' : '';
  return value === 0n ? [`1${end}`] : [`${value + 1n}${end}`, `${value - 1n}${end}`];
}

/** Statements whose absence nothing but a test would notice: assignments, calls, early ends. */
const isRemovable = (node: ts.Node): boolean =>
  node.parent !== undefined &&
  ts.isBlock(node.parent) &&
  ((ts.isExpressionStatement(node) && !(ts.isCallExpression(node.expression) && node.expression.expression.kind === K.SuperKeyword)) ||
    (ts.isReturnStatement(node) && node.expression === undefined) ||
    ts.isContinueStatement(node));

const isReset = (node: ts.Node): boolean =>
  ts.isExpressionStatement(node) &&
  ts.isBinaryExpression(node.expression) &&
  node.expression.operatorToken.kind === K.EqualsToken &&
  /^(0|-1|false|null|NEVER|\[\])$/.test(node.expression.right.getText());

function conditionOf(node: ts.Node): ts.Expression | undefined {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node)) return node.expression;
  return ts.isConditionalExpression(node) ? node.condition : undefined;
}

/** Every small fault that the text of one TypeScript file can have. */
export function faultsInTypeScript(file: string, text: string): readonly Edit[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const found: Edit[] = [];
  const add = (node: ts.Node, kind: Kind, ...tos: readonly string[]) => {
    for (const to of tos) found.push({ start: node.getStart(source), end: node.end, kind, to });
  };
  const inExpression = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node)) for (const [to, kind] of OPERATORS[node.operatorToken.kind] ?? []) add(node.operatorToken, kind, to);
    if (ts.isNumericLiteral(node) || ts.isBigIntLiteral(node)) add(node, 'constant', ...ofNumber(node, source));
    if (node.kind === K.TrueKeyword) add(node, 'constant', 'false');
    if (node.kind === K.FalseKeyword) add(node, 'constant', 'true');
    if (
      ts.isPrefixUnaryExpression(node) &&
      (node.operator === K.ExclamationToken || (node.operator === K.MinusToken && !ts.isNumericLiteral(node.operand)))
    )
      add(node, node.operator === K.MinusToken ? 'arithmetic' : 'logic', node.operand.getText(source));
    if (
      (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) &&
      (node.operator === K.PlusPlusToken || node.operator === K.MinusMinusToken)
    ) {
      const [operand, other] = [node.operand.getText(source), node.operator === K.PlusPlusToken ? '--' : '++'];
      add(node, 'arithmetic', ts.isPrefixUnaryExpression(node) ? other + operand : operand + other);
    }
    if (ts.isPropertyAccessExpression(node) && node.expression.getText(source) === 'Math' && MATH[node.name.text] !== undefined)
      add(node.name, 'bound', MATH[node.name.text]);
  };
  const visit = (node: ts.Node): void => {
    if (isOutside(node) || isWords(node)) return;
    inExpression(node);
    const condition = conditionOf(node);
    if (condition !== undefined) add(condition, 'condition', 'true', 'false');
    if (isRemovable(node)) add(node, isReset(node) ? 'reset' : 'removed statement', ';');
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
