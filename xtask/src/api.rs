//! `api`: the public items of every crate as they are written, without bodies and comments, so that a change of what
//! users see is seen in review.
//!
//! Read from the sources, not from the compiler: the listing needs no particular toolchain. What macros generate is not
//! in it.

use crate::files::{self, relative};
use crate::tidy::walk;
use anyhow::Context as _;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Fields, ImplItem, Item, Type, UseTree, Visibility};

/// Where the listings stand, below the root.
pub const FOLDER: &str = "docs/api";

/// Write the public items of every crate to docs/api.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Write nothing; fail if a listing is not up to date.
    #[arg(long)]
    check: bool,
}

/// Runs the command.
///
/// # Errors
/// When a source cannot be read or parsed, or a listing not be written.
pub fn run(options: &Options, root: &Path) -> anyhow::Result<ExitCode> {
    let stale = stale(root)?;
    for (file, text) in &stale {
        if options.check {
            note!("{file} is not up to date: run cargo xtask api");
        } else {
            files::write_atomic(&root.join(file), text.as_bytes())?;
        }
    }
    Ok(if options.check && !stale.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The listings that are not what they would be if they were written now, with what they would be.
///
/// # Errors
/// When a source cannot be read or parsed.
pub fn stale(root: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let mut stale = Vec::new();
    for name in walk::folders(&root.join("crates"))? {
        let folder = root.join("crates").join(&name).join("src");
        let package = if name.starts_with("nn-") { name } else { format!("nn-{name}") };
        let text = listing(&package, &folder)?;
        let file = format!("{FOLDER}/{package}.txt");
        if std::fs::read_to_string(root.join(&file)).ok().as_ref() != Some(&text) {
            stale.push((file, text));
        }
    }
    Ok(stale)
}

struct Module {
    file: String,
    /// `src/optimizer/mod.rs` and `src/optimizer.rs` are `optimizer`; the root is empty.
    path: Vec<String>,
    items: Vec<Item>,
}

fn listing(package: &str, folder: &Path) -> anyhow::Result<String> {
    let mut modules = Vec::new();
    for path in walk::files(folder, &["rs"])? {
        let file = relative(folder, &path);
        let source = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let parsed = syn::parse_file(&source).with_context(|| format!("cannot parse {}", path.display()))?;
        modules.push(Module { path: module_path(&file), file, items: parsed.items });
    }
    modules.sort_by(|a, b| a.path.cmp(&b.path));
    let exported = exported_names(&modules);
    let open = open_modules(&modules);
    let is_exported = |module: &Module, name: &str| open.contains(&module.path) || exported.contains(name);
    let visible: BTreeSet<String> = modules
        .iter()
        .flat_map(|module| module.items.iter().filter_map(move |item| Some((module, name_of(item)?))))
        .filter(|(module, name)| is_exported(module, name))
        .map(|(_, name)| name)
        .collect();
    let mut text = format!("The public items of {package}, written by `cargo xtask api`.\n");
    for module in &modules {
        let items: Vec<Item> =
            module.items.iter().filter_map(|item| public(item, module, &visible, &is_exported)).collect();
        if !items.is_empty() {
            let printed = prettyplease::unparse(&syn::File { shebang: None, attrs: Vec::new(), items });
            text += &format!("\n// {}\n{}", module.file, without_empty_bodies(&printed));
        }
    }
    Ok(text)
}

fn module_path(file: &str) -> Vec<String> {
    let stem = file.trim_end_matches(".rs");
    let mut parts: Vec<String> = stem.split('/').map(String::from).collect();
    if matches!(parts.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        parts.pop();
    }
    parts
}

/// Names that some `pub use` passes on.
fn exported_names(modules: &[Module]) -> BTreeSet<String> {
    fn collect(tree: &UseTree, names: &mut BTreeSet<String>) {
        match tree {
            UseTree::Path(path) => collect(&path.tree, names),
            UseTree::Name(name) => drop(names.insert(name.ident.to_string())),
            UseTree::Rename(rename) => drop(names.insert(rename.ident.to_string())),
            UseTree::Glob(_) => {}
            UseTree::Group(group) => group.items.iter().for_each(|tree| collect(tree, names)),
        }
    }
    let mut names = BTreeSet::new();
    for item in modules.iter().flat_map(|module| &module.items) {
        if let Item::Use(uses) = item
            && is_public(&uses.vis)
        {
            collect(&uses.tree, &mut names);
        }
    }
    names
}

/// The modules that users can name: the root, and those declared `pub mod` in one of them.
fn open_modules(modules: &[Module]) -> BTreeSet<Vec<String>> {
    let mut open = BTreeSet::from([Vec::new()]);
    for module in modules {
        if open.contains(&module.path) {
            for item in &module.items {
                if let Item::Mod(inner) = item
                    && is_public(&inner.vis)
                {
                    open.insert([&module.path[..], &[inner.ident.to_string()]].concat());
                }
            }
        }
    }
    open
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// The name of a public item that can be passed on.
fn name_of(item: &Item) -> Option<String> {
    let (visibility, name) = match item {
        Item::Const(item) => (&item.vis, &item.ident),
        Item::Enum(item) => (&item.vis, &item.ident),
        Item::Fn(item) => (&item.vis, &item.sig.ident),
        Item::Static(item) => (&item.vis, &item.ident),
        Item::Struct(item) => (&item.vis, &item.ident),
        Item::Trait(item) => (&item.vis, &item.ident),
        Item::Type(item) => (&item.vis, &item.ident),
        _ => return None,
    };
    is_public(visibility).then(|| name.to_string())
}

/// The item as users see it, if they do.
fn public(
    item: &Item,
    module: &Module,
    visible: &BTreeSet<String>,
    is_exported: &dyn Fn(&Module, &str) -> bool,
) -> Option<Item> {
    let mut item = item.clone();
    match &mut item {
        Item::Use(uses) if is_public(&uses.vis) => {}
        Item::Mod(inner) if is_public(&inner.vis) && inner.content.is_none() => {}
        Item::Impl(block) => {
            if test_only(&block.attrs) {
                return None;
            }
            let of_visible = type_name(&block.self_ty).is_none_or(|name| visible.contains(&name));
            if block.trait_.is_some() {
                // That a trait is implemented is the news, not how.
                block.items.retain(|item| matches!(item, ImplItem::Type(_)));
            } else {
                block.items.retain(|item| match item {
                    ImplItem::Fn(function) => is_public(&function.vis) && !test_only(&function.attrs),
                    ImplItem::Const(constant) => is_public(&constant.vis),
                    ImplItem::Type(_) => true,
                    _ => false,
                });
                if block.items.is_empty() {
                    return None;
                }
            }
            if !of_visible {
                return None;
            }
        }
        other => {
            let name = name_of(other)?;
            if !is_exported(module, &name) {
                return None;
            }
        }
    }
    Outside.visit_item_mut(&mut item);
    Some(item)
}

fn test_only(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string() == "test")
    })
}

fn type_name(of: &Type) -> Option<String> {
    match of {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        Type::Reference(reference) => type_name(&reference.elem),
        _ => None,
    }
}

/// Leaves what is seen from outside: no comments, bodies, private fields.
struct Outside;

impl VisitMut for Outside {
    fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
        attributes.retain(|attribute| {
            ["derive", "non_exhaustive", "must_use", "cfg", "default"]
                .iter()
                .any(|name| attribute.path().is_ident(name))
        });
    }

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        block.stmts.clear();
    }

    fn visit_item_static_mut(&mut self, item: &mut syn::ItemStatic) {
        *item.expr = syn::parse_quote!(_);
        visit_mut::visit_item_static_mut(self, item);
    }

    fn visit_item_struct_mut(&mut self, item: &mut syn::ItemStruct) {
        match &mut item.fields {
            Fields::Named(fields) => {
                fields.named = fields.named.iter().filter(|field| is_public(&field.vis)).cloned().collect();
            }
            Fields::Unnamed(fields) => {
                for field in fields.unnamed.iter_mut().filter(|field| !is_public(&field.vis)) {
                    field.ty = syn::parse_quote!(_);
                }
            }
            Fields::Unit => {}
        }
        visit_mut::visit_item_struct_mut(self, item);
    }
}

/// A function without its body ends in a semicolon.
fn without_empty_bodies(printed: &str) -> String {
    let mut text = String::new();
    for line in printed.lines() {
        let function = line.contains("fn ") || line.trim_start().starts_with(')');
        match line.strip_suffix(" {}").filter(|_| function) {
            Some(head) => text += &format!("{head};\n"),
            None => text += &format!("{line}\n"),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(files: &[(&str, &str)]) -> String {
        let folder = tempfile::tempdir().unwrap();
        for (file, text) in files {
            files::write_atomic(&folder.path().join(file), text.as_bytes()).unwrap();
        }
        listing("nn-test", folder.path()).unwrap()
    }

    #[test]
    fn public_items_are_listed_without_bodies_comments_and_private_fields() {
        let map = "//! Map.\n/// A map.\n#[derive(Debug)]\npub struct Map { /// Sides.\n pub rows: usize, secret: u8 }\n\
                   impl Map {\n/// One.\npub fn new(rows: usize) -> Self { Self { rows, secret: 0 } }\nfn hidden(&self) {}\n}\n\
                   impl Clone for Map { fn clone(&self) -> Self { todo() } }\npub fn helper() {}\nfn private() {}\n\
                   #[cfg(test)]\nmod tests {}\n";
        let text = listed(&[("lib.rs", "//! Test.\nmod map;\npub use map::Map;\n"), ("map.rs", map)]);
        assert_eq!(
            text,
            "The public items of nn-test, written by `cargo xtask api`.\n\n// lib.rs\npub use map::Map;\n\n// map.rs\n\
             #[derive(Debug)]\npub struct Map {\n    pub rows: usize,\n}\nimpl Map {\n    pub fn new(rows: usize) -> Self;\n}\n\
             impl Clone for Map {}\n"
        );
    }

    #[test]
    fn everything_public_in_a_public_module_is_listed() {
        let lib = "//! Test.\npub mod math;\n";
        let text = listed(&[
            ("lib.rs", lib),
            ("math.rs", "//! Math.\npub fn exp(x: f64) -> f64 { x }\npub enum Kind { A, B { c: u8 } }\n"),
        ]);
        assert!(text.contains("pub fn exp(x: f64) -> f64;\n"), "{text}");
        assert!(text.contains("B { c: u8 }"), "{text}");
    }

    #[test]
    fn a_changed_signature_makes_the_listing_stale() {
        let root = tempfile::tempdir().unwrap();
        let source = root.path().join("crates/som/src/lib.rs");
        files::write_atomic(&source, b"//! A.\npub fn a(x: u8) {}\n").unwrap();
        assert_eq!(run(&Options { check: true }, root.path()).unwrap(), ExitCode::FAILURE);
        assert_eq!(run(&Options { check: false }, root.path()).unwrap(), ExitCode::SUCCESS);
        assert_eq!(run(&Options { check: true }, root.path()).unwrap(), ExitCode::SUCCESS);
        files::write_atomic(&source, b"//! B.\npub fn a(x: u8) { let _ = x; }\n").unwrap();
        assert_eq!(stale(root.path()).unwrap(), [], "comments and bodies are not listed");
        files::write_atomic(&source, b"//! A.\npub fn a(x: u16) {}\n").unwrap();
        assert_eq!(stale(root.path()).unwrap().len(), 1);
    }
}
