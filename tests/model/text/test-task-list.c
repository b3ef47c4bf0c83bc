/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/text/catalogue.h"
#include "tests/support/test.h"

#include <string.h>

static void
assert_texts (char **texts, const char *joined)
{
  g_autofree char *got = NULL;

  g_assert_nonnull (texts);
  got = g_strjoinv ("|", texts);
  g_assert_cmpstr (got, ==, joined);
}

static void
test_strings (void)
{
  static const struct
  {
    const char *json, *joined;
  } cases[] = {
    { "[]", "" },
    { " [ ] \n", "" },
    { "[\"one\", \"two\"]", "one|two" },
    { "[\"\"]", "" },
    { "[\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u0007\"]", "a\"\\/\b\f\n\r\t\xC3\xA9\x07" },
    { "[\"\\ud83e\\udec1\\uD83E\\uDEC1\"]", "\xF0\x9F\xAB\x81\xF0\x9F\xAB\x81" },
    { "[\"null\\u0000byte\"]", "null\xEF\xBF\xBD"
                               "byte" },
    { "[\"\\ud83e\", \"\\udec1x\", \"\\ud83e\\u0041\", \"\\ud83e\\n\"]",
      "\xEF\xBF\xBD|\xEF\xBF\xBDx|\xEF\xBF\xBD"
      "A|\xEF\xBF\xBD\n" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) strings =
        sag_strings_parse (cases[i].json, strlen (cases[i].json), "s.json", &error);

      g_assert_no_error (error);
      assert_texts (strings, cases[i].joined);
    }
}

static void
test_strings_refused (void)
{
  static const struct
  {
    const char *json, *part;
  } cases[] = {
    { "", "s.json is not a JSON array of strings (line 1)" },
    { "\n\n{}", "is not a JSON array of strings (line 3)" },
    { "[", "something in its array that is not a string" },
    { "[1]", "something in its array that is not a string" },
    { "[\"a\",]", "something in its array that is not a string" },
    { "[\n[\"a\"]]", "something in its array that is not a string (line 2)" },
    { "[\"a\" \"b\"]", "neither a comma nor a closing bracket" },
    { "[\"a\"", "neither a comma nor a closing bracket" },
    { "[\"a", "ends inside a string" },
    { "[\"a\\", "unknown escape" },
    { "[\"\\x\"]", "unknown escape" },
    { "[\"\\u12g4\"]", "four hexadecimal digits" },
    { "[\"\\u12", "four hexadecimal digits" },
    { "[\"\\ud83e\\u12", "four hexadecimal digits" },
    { "[\"a\nb\"]", "control character" },
    { "[] []", "goes on after its array" },
    { "[\"\xFF\"]", "is not UTF-8" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (sag_strings_parse (cases[i].json, strlen (cases[i].json), "s.json", &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, cases[i].part);
    }
}

static void
test_lines (void)
{
  static const char text[] = "\xEF\xBB\xBF# tasks\r\n\r\n  Segment lungs in the image.\r\n"
                             "\t# more\nIs there # 3?\n\nIs there pleural effusion?";
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) tasks = sag_tasks_parse (text, strlen (text), "t.txt", &error);

  g_assert_no_error (error);
  assert_texts (tasks, "Segment lungs in the image.|Is there # 3?|Is there pleural effusion?");
}

static void
test_json (void)
{
  static const char array[] = " [\" one \", \"two\"]";
  static const char catalogue[] =
    "{\"format\": 1, \"templates\": [], \"tasks\": ["
    "{\"text\": \"Segment x\", \"source\": \"ours\", "
    "\"kind\": \"segment\", \"label\": \"X\", \"finding\": \"x\", \"datasets\": []}]}";
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) of_array = sag_tasks_parse (array, strlen (array), "t.json", &error);
  g_auto (GStrv) of_catalogue = sag_tasks_parse (catalogue, strlen (catalogue), "t.json", &error);

  g_assert_no_error (error);
  assert_texts (of_array, "one|two");
  assert_texts (of_catalogue, "Segment x");
}

static void
test_refused (void)
{
  static const struct
  {
    const char *text;
    gsize       size; /* 0: to the zero byte */
    const char *part;
  } cases[] = {
    { "", 0, "t.txt holds no task" },
    { "# only this\n\n", 0, "t.txt holds no task" },
    { "[]", 0, "t.txt holds no task" },
    { "one\nt\xFCo\n", 0, "t.txt: line 2 is not UTF-8" },
    { "one\nt\0o\n", 8, "t.txt: line 2 is not UTF-8" },
    { "[\"one\", \" \"]", 0, "t.txt: text 2 is empty" },
    { "[\"one\"", 0, "neither a comma nor a closing bracket" },
    { "{}", 0, "\"format\" is missing" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gsize size = cases[i].size > 0 ? cases[i].size : strlen (cases[i].text);

      g_assert_null (sag_tasks_parse (cases[i].text, size, "t.txt", &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, cases[i].part);
    }
}

static void
test_files (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "tasks.txt", NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) tasks = NULL;
  g_auto (GStrv) strings = NULL;

  g_assert_null (sag_tasks_load (path, &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "tasks.txt");
  g_assert_true (g_file_set_contents (path, "[\"one\"]", -1, NULL));
  tasks = sag_tasks_load (path, &error);
  g_assert_no_error (error);
  assert_texts (tasks, "one");
  strings = sag_strings_load (path, &error);
  g_assert_no_error (error);
  assert_texts (strings, "one");
  g_assert_null (sag_strings_load ("/dev/zero", &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_LIMIT, "/dev/zero is larger than");
  sag_test_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/strings/read", test_strings);
  g_test_add_func ("/text/strings/refused", test_strings_refused);
  g_test_add_func ("/text/tasks/lines", test_lines);
  g_test_add_func ("/text/tasks/json", test_json);
  g_test_add_func ("/text/tasks/refused", test_refused);
  g_test_add_func ("/text/tasks/files", test_files);
  return g_test_run ();
}
