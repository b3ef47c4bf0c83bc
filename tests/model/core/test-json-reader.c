/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/core/json-reader.h"
#include "tests/support/test.h"

#include <string.h>

static JsonNode *
parse (const char *text, GError **error)
{
  return sag_json_parse (text, strlen (text), "a.json", error);
}

static void
test_members (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = parse (
    "{\"n\": 7, \"x\": 0.5, \"list\": [1, 2, 3], \"yes\": true, \"s\": \"\\u00e9\\ud83d\\ude00\"}",
    &error);
  JsonObject *object;
  gint32      sizes[3], size;
  double      number;
  gboolean    yes;
  const char *text;

  g_assert_no_error (error);
  object = json_node_get_object (root);
  g_assert_true (sag_json_get_size (object, "n", 7, &size, &error));
  g_assert_cmpint (size, ==, 7);
  g_assert_true (sag_json_get_number (object, "n", &number, &error));
  g_assert_true (sag_json_get_number (object, "x", &number, &error));
  g_assert_cmpfloat (number, ==, 0.5);
  g_assert_true (sag_json_get_sizes (object, "list", 10, 3, sizes, &error));
  g_assert_cmpint (sizes[2], ==, 3);
  g_assert_true (sag_json_get_boolean (object, "yes", &yes, &error));
  g_assert_true (yes);
  g_assert_true (sag_json_get_string (object, "s", &text, &error));
  g_assert_cmpstr (text, ==, "\303\251\360\237\230\200");

  g_assert_false (sag_json_get_size (object, "n", 6, &size, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT,
                         "\"n\" is 7, but must lie between 0 and 6");
  g_assert_false (sag_json_get_size (object, "x", 6, &size, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "\"x\" is not a whole number");
  g_assert_false (sag_json_get_sizes (object, "list", 10, 2, sizes, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "3 numbers instead of 2");
  g_assert_false (sag_json_get_sizes (object, "list", 2, 3, sizes, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "must lie between 0 and 2");
  g_assert_false (sag_json_get_string (object, "m", &text, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "\"m\" is missing");
  g_assert_false (sag_json_get_boolean (object, "s", &yes, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "true or false");
}

static void
test_hostile (void)
{
  static const struct
  {
    const char *text;
    const char *part;
  } cases[] = {
    { "", "no JSON object" },
    { "[]", "no JSON object" },
    { "{\"a\": 1,\n", "ends before its last bracket (line 2)" },
    { "{\"a\": 1}}", "never opened" },
    { "{\"a\": 1, \"a\": 2}", "\"a\" twice" },
    { "{\"b\": {\"a\": 1, \"c\": 3, \"a\": 2}}", "\"a\" twice" },
    { "{\"a\": 'b'}", "does not belong" },
    { "{\"a\": 1 /* \" */ }", "does not belong" },
    { "{\"a\": \"\\ud83d\"}", "surrogate" },
    { "{\"a\": \"\\ud83d\\u0041\"}", "surrogate" },
    { "{\"a\": \"\\ude00\"}", "surrogate" },
    { "{\"a\": \"\\u0000\"}", "control character" },
    { "{\"a\": \"\\u12\"}", "\\u escape" },
    { "{\"a\": \"\\x41\"}", "unknown escape" },
    { "{\"a\": \"b\nc\"}", "control character" },
    { "{\"a\": \"", "ends inside a string" },
    { "{\"a\": \"\\", "unknown escape" },
    { "{\"a\" 1}", "not valid JSON" },
    { "{\"\377\": 1}", "not UTF-8" },
  };
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_null (parse (cases[i].text, &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, cases[i].part);
    }
}

static void
test_depth (void)
{
  g_autoptr (GString) text = g_string_new ("{\"a\": ");
  g_autoptr (GError) error = NULL;

  for (int i = 0; i < 1000000; i++)
    g_string_append_c (text, '[');
  g_assert_null (parse (text->str, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "nested too deep");
}

static void
test_file (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "b.json", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = NULL;

  g_assert_true (g_file_set_contents (path, "{\"a\": 1}", -1, &error));
  root = sag_json_parse_file (path, 8, &error);
  g_assert_no_error (error);
  g_assert_null (sag_json_parse_file (path, 7, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_LIMIT, "b.json is larger than 7 bytes");
  g_assert_true (g_file_set_contents (path, "", 0, &error));
  g_assert_null (sag_json_parse_file (path, 7, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "b.json holds no JSON object");
  sag_test_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json-reader/members", test_members);
  g_test_add_func ("/json-reader/hostile", test_hostile);
  g_test_add_func ("/json-reader/depth", test_depth);
  g_test_add_func ("/json-reader/file", test_file);
  return g_test_run ();
}
