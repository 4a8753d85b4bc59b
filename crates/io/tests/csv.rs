//! Reading and writing tables: what the analyst sees when a file is as expected, and when it is not.

use io::{CsvOptions, Header, IoError, LabelColumn, Labels, Limits, MissingValues, Table, read_csv, write_csv};
use nn_core::Matrix;

fn read(file: &str) -> Result<Table<f64>, IoError> {
    read_csv(file.as_bytes(), &CsvOptions::default())
}

fn read_labelled(file: &str, label: LabelColumn) -> Result<Table<f64>, IoError> {
    read_csv(file.as_bytes(), &CsvOptions { label: Some(label), ..CsvOptions::default() })
}

fn message(file: &str) -> String {
    read(file).unwrap_err().to_string()
}

#[test]
fn a_row_of_the_file_is_a_column_of_the_matrix() {
    let table = read("1,2,3\n4,5,6\n").unwrap();
    assert_eq!(table.samples, Matrix::from_column_slice(3, 2, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    assert_eq!((table.features, table.labels), (None, None));
}

#[test]
fn spreadsheets_write_byte_order_marks_blanks_quotes_and_crlf() {
    let table = read("\u{feff}a, b c ,\"d,e\"\r\n 1 ,\t+2.5,\"-3e-2\"\r\n\r\n4,5,6").unwrap();
    assert_eq!(table.features.unwrap(), ["a", "b c", "d,e"]);
    assert_eq!(table.samples, Matrix::from_column_slice(3, 2, &[1.0, 2.5, -0.03, 4.0, 5.0, 6.0]));
}

#[test]
fn the_first_line_is_a_header_when_it_has_words_and_no_number() {
    assert_eq!(read(",height\n0,1\n").unwrap().features.unwrap(), ["", "height"]);
    assert_eq!(read("0,1\n2,3\n").unwrap().features, None);
    // One number makes it a sample, and the word in it an error: no sample is ever taken for a header.
    assert_eq!(message("id,2019\n0,1\n"), "line 1, column 1: expected a number, found \"id\"");
    let present = CsvOptions { header: Header::Present, ..CsvOptions::default() };
    let table: Table<f64> = read_csv(&b"id,2019\n0,1\n"[..], &present).unwrap();
    assert_eq!(table.features.unwrap(), ["id", "2019"]);
    let absent = CsvOptions { header: Header::Absent, ..CsvOptions::default() };
    let error = read_csv::<f64>(&b"a,b\n0,1\n"[..], &absent).unwrap_err();
    assert_eq!(error.to_string(), "line 1, column 1: expected a number, found \"a\"");
    // The text of a label makes no header.
    assert_eq!(read_labelled("1,setosa\n", LabelColumn::Last).unwrap().samples.ncols(), 1);
}

#[test]
fn labels_become_sorted_classes_and_indices() {
    let file = "kind,width\nversicolor,1\nsetosa,2\nversicolor,3\n";
    let expected = Labels {
        name: Some("kind".to_owned()),
        classes: vec!["setosa".to_owned(), "versicolor".to_owned()],
        indices: vec![1, 0, 1],
    };
    for label in [LabelColumn::Index(0), LabelColumn::Name("kind".to_owned())] {
        let table = read_labelled(file, label).unwrap();
        assert_eq!(table.features.as_deref(), Some(&["width".to_owned()][..]));
        assert_eq!(table.samples.as_slice(), [1.0, 2.0, 3.0]);
        assert_eq!(table.labels.as_ref(), Some(&expected));
    }
}

#[test]
fn labels_that_are_numbers_are_sorted_as_numbers() {
    let labels = read_labelled("0,10\n0,9\n0,-1\n0,10\n", LabelColumn::Last).unwrap().labels.unwrap();
    assert_eq!(labels.classes, ["-1", "9", "10"]);
    assert_eq!(labels.indices, [2, 1, 0, 2]);
}

#[test]
fn a_word_among_numbers_is_named_by_line_and_column() {
    let file = "a,b,c\n1,2,3\n\n\"4\n\",5,6\n7,8,9\n1,2,abc\n";
    assert_eq!(message(file), "line 7, column 3: expected a number, found \"abc\"");
    assert_eq!(message(&file.replace('\n', "\r\n")), "line 7, column 3: expected a number, found \"abc\"");
    assert_eq!(message("1\n\n\n\nx"), "line 5, column 1: expected a number, found \"x\"");
    assert_eq!(message("1\n1e999"), "line 2, column 1: expected a number, found \"1e999\"");
    let long = format!("1\n{}", "é".repeat(1000));
    assert_eq!(message(&long), format!("line 2, column 1: expected a number, found \"{}...\"", "é".repeat(60)));
    let error = read_csv::<f64>(&b"1,2\n3,\xff\n"[..], &CsvOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "line 2, column 2: expected a number, found \"\u{fffd}\"");
}

#[test]
fn a_line_of_another_length_is_an_error() {
    assert_eq!(message("1,2,3,4,5\n1,2,3,4\n"), "line 2: expected 5 fields, found 4");
    assert_eq!(message("a,b\n1,2,3\n"), "line 2: expected 2 fields, found 3");
    // The usual cause: the delimiter is another one.
    assert_eq!(message("1;2;3\n"), "the table is empty");
}

#[test]
fn a_missing_value_is_an_error_unless_it_is_allowed() {
    for word in ["", "NA", "n/a", "nan", "NULL", "?"] {
        let file = format!("1,2\n3,{word}\n");
        let expected = "expected a number (missing values are not allowed here)";
        assert_eq!(message(&file), format!("line 2, column 2: {expected}, found \"{word}\""));
        let options = CsvOptions { missing: MissingValues::NotANumber, ..CsvOptions::default() };
        let table = read_csv::<f32>(file.as_bytes(), &options).unwrap();
        assert!(table.samples[(1, 1)].is_nan());
        assert_eq!(table.samples[(0, 1)], 3.0);
    }
}

#[test]
fn a_missing_label_is_an_error_always() {
    let error = read_labelled("1,a\n2,\n", LabelColumn::Last).unwrap_err();
    assert_eq!(error.to_string(), "line 2, column 2: expected a class label, found \"\"");
}

#[test]
fn a_label_column_that_does_not_exist_is_an_error() {
    let error = read_labelled("a,b\n1,2\n", LabelColumn::Name("kind".to_owned())).unwrap_err();
    assert_eq!(error.to_string(), "expected a label column named \"kind\", found the columns a, b");
    let error = read_labelled("1,2\n", LabelColumn::Index(2)).unwrap_err();
    assert_eq!(error.to_string(), "expected a label column with index 2, found the columns 0 to 1");
}

#[test]
fn a_table_without_samples_or_features_is_an_error() {
    for file in ["", "\n\n", "a,b\n"] {
        assert_eq!(message(file), "the table is empty");
    }
    let error = read_labelled("a\nb\n", LabelColumn::Last).unwrap_err();
    assert_eq!(error.to_string(), "a sample (0 features) is empty");
}

#[test]
fn single_precision_is_rounded_once() {
    // Rounded to f64 first, this decimal would fall on the midpoint of two f32 and round down.
    let table = read_csv::<f32>(&b"1.00000005960464484\n"[..], &CsvOptions::default()).unwrap();
    assert_eq!(table.samples[0], 1.0 + f32::EPSILON);
}

#[test]
fn a_table_larger_than_the_limit_is_an_error() {
    let options = CsvOptions { limits: Limits { maximum_bytes: 10 }, ..CsvOptions::default() };
    assert_eq!(
        read_csv::<f64>(&b"1,2\n3,4\n5\n"[..], &options).unwrap_err().to_string(),
        "line 3: expected 2 fields, found 1"
    );
    let error = read_csv::<f64>(&b"1,2\n3,4\n5,6\n"[..], &options).unwrap_err();
    assert_eq!(error.to_string(), "the content: more than the limit of 10 bytes");
}

#[test]
fn a_written_table_has_a_header_and_its_label_last() {
    let mut table = read_labelled("kind,w,h\nb,0.1,1e300\na,-0,3\n", LabelColumn::Index(0)).unwrap();
    let mut file = Vec::new();
    write_csv(&mut file, &table).unwrap();
    let zeros = "0".repeat(300);
    assert_eq!(String::from_utf8(file).unwrap(), format!("w,h,kind\n0.1,1{zeros},b\n-0,3,a\n"));
    table.labels.as_mut().unwrap().indices.pop();
    assert_eq!(write_csv(Vec::new(), &table).unwrap_err().to_string(), "labels: expected 2, found 1");
    table.features.as_mut().unwrap().pop();
    assert_eq!(write_csv(Vec::new(), &table).unwrap_err().to_string(), "names of the features: expected 2, found 1");
}
