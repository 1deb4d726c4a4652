extension VariantDeclaration {
  /// The path of the base: `"../base"` is looked for from the folder of the file that the variant
  /// stands in. The name of that folder itself, or nothing, is the rule set it stands in.
  public func basePath(in file: String) -> String {
    let folder = Self.ownFolder(of: file)
    let own = folder.split(separator: "/").last.map(String.init)
    if base.text.isEmpty || base.text == own { return folder }
    if base.text.hasPrefix("/") {
      return Self.tidied(base.text.split(separator: "/")[...], root: true)
    }
    return Self.tidied(
      (folder.isEmpty || folder == "." ? [] : folder.split(separator: "/"))
        + base.text.split(separator: "/"), root: folder.hasPrefix("/"))
  }

  /// The folder that a file lies in.
  public static func ownFolder(of file: String) -> String {
    tidied(file.split(separator: "/", omittingEmptySubsequences: false).dropLast())
  }

  /// Whether some of these files belong to the base of a variant in `file`.
  public func hasBase(among files: some Sequence<String>, in file: String) -> Bool {
    let path = basePath(in: file)
    return files.contains { name in
      let name = Self.tidied(
        name.split(separator: "/", omittingEmptySubsequences: false)[...])
      if path == "." { return !name.hasPrefix("/") && !name.hasPrefix("..") }
      return name == path || name.hasPrefix(path + "/")
    }
  }

  /// A path without `.`, and without `..` where something stands before it; `.` for nothing.
  private static func tidied(
    _ parts: some Sequence<Substring>, root: Bool? = nil
  ) -> String {
    var kept: [Substring] = []
    var isRooted = root ?? false
    for (index, part) in parts.enumerated() {
      if part.isEmpty {
        if index == 0, root == nil { isRooted = true }
      } else if part == ".." {
        if let last = kept.last, last != ".." {
          kept.removeLast()
        } else if !isRooted {
          kept.append(part)
        }
      } else if part != "." {
        kept.append(part)
      }
    }
    let path = kept.joined(separator: "/")
    return isRooted ? "/" + path : path.isEmpty ? "." : path
  }
}
