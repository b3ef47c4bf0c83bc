/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/dataset/rows.h"

#include "tests/support/test.h"

#include <string.h>

static SagRows *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  SagRows *rows = sag_rows_parse (text, strlen (text), "t.csv", &error);

  g_assert_no_error (error);
  return rows;
}

static void
test_csv (void)
{
  g_autoptr (SagRows) rows =
    parse ("\xef\xbb\xbfquestion,label\r\n\"Is it \"\"so\"\", or\nnot?\", 1 \r\n\r\nplain\n");

  g_assert_cmpuint (sag_rows_get_n (rows), ==, 2);
  g_assert_cmpstr (sag_rows_get_columns (rows)[0], ==, "question");
  g_assert_cmpstr (sag_rows_get (rows, 0, "question"), ==, "Is it \"so\", or\nnot?");
  g_assert_cmpstr (sag_rows_get (rows, 0, "label"), ==, "1");
  g_assert_cmpstr (sag_rows_get (rows, 1, "question"), ==, "plain");
  g_assert_null (sag_rows_get (rows, 1, "label"));
  g_assert_null (sag_rows_get (rows, 0, "split"));
  g_assert_cmpuint (sag_rows_get_line (rows, 0), ==, 2);
  g_assert_cmpuint (sag_rows_get_line (rows, 1), ==, 5);
}

static void
test_separators (void)
{
  g_autoptr (SagRows) semicolons = parse ("a;b\n1,5;2\n");
  g_autoptr (SagRows) tabs = parse ("a\tb\nx, y\t\"2\"");

  g_assert_cmpstr (sag_rows_get (semicolons, 0, "a"), ==, "1,5");
  g_assert_cmpstr (sag_rows_get (tabs, 0, "a"), ==, "x, y");
  g_assert_cmpstr (sag_rows_get (tabs, 0, "b"), ==, "2");
}

/* What a cell holds is neither a separator nor a sign of another kind of table. */
static void
test_cells (void)
{
  static const char *const names[] = { "{a", "b; c; d", "\357\273\277e", "f \"g\"\nh" };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (SagRows) rows = NULL;

  for (gsize c = 0; c < G_N_ELEMENTS (names); c++)
    {
      g_string_append (text, c == 0 ? "" : ",");
      sag_rows_append_cell (text, names[c]);
    }
  rows = parse (text->str);
  for (gsize c = 0; c < G_N_ELEMENTS (names); c++)
    g_assert_cmpstr (sag_rows_get_columns (rows)[c], ==, names[c]);
  g_assert_null (sag_rows_get_columns (rows)[G_N_ELEMENTS (names)]);
  g_string_assign (text, "");
  sag_rows_append_cell (text, names[2]);
  sag_rows_free (g_steal_pointer (&rows));
  rows = parse (text->str);
  g_assert_cmpstr (sag_rows_get_columns (rows)[0], ==, names[2]);
}

static void
test_json_lines (void)
{
  g_autoptr (SagRows) rows =
    parse ("{\"question\": \"a, b\", \"label\": 0.25}\n\n{\"label\": true, \"n\": 7, \"x\": null}");

  g_assert_cmpuint (sag_rows_get_n (rows), ==, 2);
  g_assert_cmpstr (sag_rows_get (rows, 0, "question"), ==, "a, b");
  g_assert_cmpstr (sag_rows_get (rows, 0, "label"), ==, "0.25");
  g_assert_cmpstr (sag_rows_get (rows, 1, "label"), ==, "true");
  g_assert_cmpstr (sag_rows_get (rows, 1, "n"), ==, "7");
  g_assert_cmpstr (sag_rows_get (rows, 1, "x"), ==, "");
  g_assert_cmpuint (sag_rows_get_line (rows, 1), ==, 3);
}

static void
check_fails (const char *text, gsize size, const char *part)
{
  GError *error = NULL;

  g_assert_null (sag_rows_parse (text, size, "t.csv", &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, part);
}

static void
test_damaged (void)
{
  check_fails ("a,b\n\"open", 9, "t.csv, line 2: a quote is never closed");
  check_fails ("a,a\n", 4, "\"a\" is there twice");
  check_fails ("a\n1,2\n", 6, "line 2: there are more fields");
  check_fails ("a\n\xff\n", 4, "not UTF-8");
  check_fails ("a\n1\0002\n", 6, "not UTF-8");
  check_fails ("{\"a\": [1]}", 10, "\"a\" holds no text");
  check_fails ("{\"a\": 1}\n{", 10, "line 2");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dataset/rows/csv", test_csv);
  g_test_add_func ("/dataset/rows/separators", test_separators);
  g_test_add_func ("/dataset/rows/cells", test_cells);
  g_test_add_func ("/dataset/rows/json-lines", test_json_lines);
  g_test_add_func ("/dataset/rows/damaged", test_damaged);
  return g_test_run ();
}
