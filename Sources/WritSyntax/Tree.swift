public import WritText

/// The tree of one file: what its author wrote, without any meaning.
///
/// A tree is a value for one file and one language-neutral form: `当` and `when` give the same node.
/// Names are kept as written (a name, a label or a back-ticked text); who they mean is found by the
/// checker. Nodes keep spans, so every message can underline the author's words.
public struct FileTree: Sendable {
  public var source: SourceID
  public var declarations: [Declaration]
  /// Comments in order of position; the printer puts them back before the node they stood before.
  public var comments: [Comment]
  /// The language most of the file's keywords are written in; `fmt` and messages follow it.
  public var language: Language
  /// Offsets of the lines that hold nothing; the printer keeps one of each run.
  public var blankLines: [Int32]
  /// What the parser found inside the rules of an `expect check { … }`: it is what the test asks
  /// about, and no mistake of the file.
  public var expectedFindings: [Diagnostic] = []
  /// Whether the parser gave up parts of the file, which may hold what others look for.
  public var hasGaps = false
  /// Whether something was changed inside a declaration that kept its span: then the words that
  /// stand there are not all that it says.
  public var isPatched = false

  public init(
    source: SourceID, declarations: [Declaration], comments: [Comment], language: Language,
    blankLines: [Int32] = []
  ) {
    self.source = source
    self.declarations = declarations
    self.comments = comments
    self.language = language
    self.blankLines = blankLines
  }
}

/// `# …` to the end of the line.
public struct Comment: Hashable, Sendable {
  public var text: String
  public var span: Span
  /// Whether code stands before it on its line.
  public var isTrailing: Bool

  public init(text: String, span: Span, isTrailing: Bool) {
    self.text = text
    self.span = span
    self.isTrailing = isTrailing
  }
}

/// A name as written: `lead`, `线索`, or anything in back-ticks.
public struct Name: Hashable, Sendable {
  public var text: String
  public var span: Span

  public init(_ text: String, at span: Span) {
    self.text = text
    self.span = span
  }
}

/// A text as written, without its quotes: a title, a label, a key, a file name.
public struct TextLiteral: Hashable, Sendable {
  public var text: String
  public var span: Span

  public init(_ text: String, at span: Span) {
    self.text = text
    self.span = span
  }
}

/// The text of a `because`: literal pieces and `{expressions}`.
public struct Template: Hashable, Sendable {
  /// Words as written (with `{{` as `{`), or a place that its value fills.
  public enum Piece: Hashable, Sendable {
    case text(String)
    case expression(Expression)
  }
  public var pieces: [Piece]
  public var span: Span

  public init(pieces: [Piece], span: Span) {
    self.pieces = pieces
    self.span = span
  }
}

/// A top-level declaration. `span` is the whole of it; each kind's own struct has the parts.
public struct Declaration: Hashable, Sendable {
  public var kind: Kind
  public var span: Span

  public init(_ kind: Kind, at span: Span) {
    self.kind = kind
    self.span = span
  }

  /// One case a word that can stand at the left margin.
  public indirect enum Kind: Hashable, Sendable {
    case currency([Name])
    /// `zone +08:00`: minutes east of UTC.
    case zone(minutes: Int)
    case enumeration(EnumDeclaration)
    case tree(TreeDeclaration)
    case record(RecordDeclaration)
    case queue([LabeledName])
    case data(DataDeclaration)
    case show(ShowDeclaration)
    case define(DefineDeclaration)
    case table(TableDeclaration)
    case decide(DecideDeclaration)
    case territories(TerritoriesDeclaration)
    case assign(AssignDeclaration)
    case price(PriceDeclaration)
    case authorizeSale(SaleDeclaration)
    case authorizeDiscount(DiscountDeclaration)
    case match(MatchDeclaration)
    case split(SplitDeclaration)
    case require(RequireDeclaration)
    case change(ChangeDeclaration)
    case alert(AlertDeclaration)
    case test(TestDeclaration)
    case variant(VariantDeclaration)
    case param(ParamDeclaration)
    case measure(MeasureDeclaration)
    case experiment(ExperimentDeclaration)
    /// `changeable Quote.discount, Quote.terms_days`
    case changeable([Expression])
  }
}

/// `east "华东"`: a name and its label.
public struct LabeledName: Hashable, Sendable {
  public var name: Name
  public var label: TextLiteral?

  public init(name: Name, label: TextLiteral?) {
    self.name = name
    self.label = label
  }
}

// MARK: - The model

/// `enum Role "角色" ordered { rep, manager }` or `enum State from "states.csv"`.
public struct EnumDeclaration: Hashable, Sendable {
  public var name: LabeledName
  public var isOrdered: Bool
  public var members: [LabeledName]
  public var file: TextLiteral?

  public init(name: LabeledName, isOrdered: Bool, members: [LabeledName], file: TextLiteral?) {
    self.name = name
    self.isOrdered = isOrdered
    self.members = members
    self.file = file
  }
}

/// `tree Region "区域" { china { east … } }`.
public struct TreeDeclaration: Hashable, Sendable {
  /// `east "华东" { jiangsu, shanghai }`: a node and what lies below it.
  public struct Node: Hashable, Sendable {
    public var name: LabeledName
    public var children: [Node]

    public init(name: LabeledName, children: [Node]) {
      self.name = name
      self.children = children
    }
  }
  public var name: LabeledName
  public var nodes: [Node]

  public init(name: LabeledName, nodes: [Node]) {
    self.name = name
    self.nodes = nodes
  }
}

/// A type as written: `money EUR`, `set of Industry`, `Rep?`.
public struct TypeTree: Hashable, Sendable {
  /// The types that have words of their own, and the names of the others.
  public indirect enum Kind: Hashable, Sendable {
    case text, number, integer, percent, date, time, duration, yesNo
    /// `money` (currency nil), `money EUR`; `money any` is `moneyAny`.
    case money(Name?)
    case moneyAny
    /// An enum, a tree or a record.
    case named(Name)
    case setOf(TypeTree)
    case listOf(TypeTree)
  }
  public var kind: Kind
  public var isOptional: Bool
  public var span: Span

  public init(_ kind: Kind, isOptional: Bool = false, at span: Span) {
    self.kind = kind
    self.isOptional = isOptional
    self.span = span
  }
}

/// `record Rep "销售" { id "编号" : text key … }`.
public struct RecordDeclaration: Hashable, Sendable {
  /// `owner "负责人" : Rep? = missing`, `quote : Quote part as lines`.
  public struct Field: Hashable, Sendable {
    public var name: LabeledName
    public var type: TypeTree
    public var isKey: Bool
    public var isCalled: Bool
    /// `part as lines`: the name under which the whole sees its parts.
    public var partAs: LabeledName?
    public var initial: Expression?
    public var span: Span

    public init(
      name: LabeledName, type: TypeTree, isKey: Bool, isCalled: Bool, partAs: LabeledName?,
      initial: Expression?, span: Span
    ) {
      self.name = name
      self.type = type
      self.isKey = isKey
      self.isCalled = isCalled
      self.partAs = partAs
      self.initial = initial
      self.span = span
    }
  }
  public var name: LabeledName
  public var fields: [Field]
  /// `key (id, name)`, where one field is not enough; empty otherwise.
  public var compositeKey: [Name]

  public init(name: LabeledName, fields: [Field], compositeKey: [Name]) {
    self.name = name
    self.fields = fields
    self.compositeKey = compositeKey
  }
}

/// `data Lead from "leads.csv" { employees from "No. of Employees" … }`.
public struct DataDeclaration: Hashable, Sendable {
  /// How a cell is written where it is not plain: behind `as`.
  public enum Form: Hashable, Sendable {
    /// `as "dd/MM/yyyy"`
    case pattern(TextLiteral)
    /// `as fraction`: 0.15 in a percent column is 15 %.
    case fraction
    /// `as points`: 15 in a percent column is 15 %.
    case points
  }
  /// `visits from "No. of Visits" missing when "Select"`: how one field stands in the file.
  public struct Column: Hashable, Sendable {
    public var field: Name
    /// `from "No. of Employees"`; nil: the label or the name is the header.
    public var header: TextLiteral?
    /// `item from "sku", "colour"`: the headers behind the first, for the other fields of a key.
    public var moreHeaders: [TextLiteral] = []
    public var form: Form?
    /// `visits missing when "Select"`: markers of this column alone.
    public var missing: [TextLiteral]

    public init(field: Name, header: TextLiteral?, form: Form?, missing: [TextLiteral]) {
      self.field = field
      self.header = header
      self.form = form
      self.missing = missing
    }
  }
  public var record: Name
  public var file: TextLiteral
  public var columns: [Column]
  /// `missing when "Select", "N/A"`: markers of the whole file.
  public var missing: [TextLiteral]
  /// `delimiter ";"`
  public var delimiter: TextLiteral?
  /// `encoding "GBK"`
  public var encoding: TextLiteral?
  /// `no header`: columns stand in the order of the record's fields, or of `columns` if it is given.
  public var hasHeader: Bool

  public init(
    record: Name, file: TextLiteral, columns: [Column], missing: [TextLiteral],
    delimiter: TextLiteral?, encoding: TextLiteral?, hasHeader: Bool
  ) {
    self.record = record
    self.file = file
    self.columns = columns
    self.missing = missing
    self.delimiter = delimiter
    self.encoding = encoding
    self.hasHeader = hasHeader
  }
}

/// `show Claim.contact only to Rep r where r = owner` or `… only to finance`.
public struct ShowDeclaration: Hashable, Sendable {
  /// Who may see the field: parties by name, or the records for which a condition holds.
  public enum Viewer: Hashable, Sendable {
    case party([Expression])
    case record(Binder, where: Expression)
  }
  public var record: Name
  public var field: Name
  public var viewer: Viewer

  public init(record: Name, field: Name, viewer: Viewer) {
    self.record = record
    self.field = field
    self.viewer = viewer
  }
}
