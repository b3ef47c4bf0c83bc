/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/json-reader.h"
#include "model/core/json-writer.h"

#include <math.h>
#include <string.h>

static void
test_document (void)
{
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();
  g_autofree char *text = NULL;

  sag_json_begin_object (writer, NULL);
  sag_json_string (writer, "case", "a \"b\"\n");
  sag_json_number (writer, "p", 0.9);
  sag_json_number (writer, "nothing", NAN);
  sag_json_numbers (writer, "peak", (double[]){ 1, -2.5 }, 2);
  sag_json_begin_array (writer, "list");
  sag_json_integer (writer, NULL, 1);
  sag_json_boolean (writer, NULL, TRUE);
  sag_json_end_array (writer);
  sag_json_begin_array (writer, "empty");
  sag_json_end_array (writer);
  sag_json_end_object (writer);
  text = sag_json_writer_finish (writer);
  g_assert_cmpstr (text, ==,
                   "{\n"
                   "  \"case\": \"a \\\"b\\\"\\n\",\n"
                   "  \"p\": 0.9,\n"
                   "  \"nothing\": null,\n"
                   "  \"peak\": [1, -2.5],\n"
                   "  \"list\": [\n"
                   "    1,\n"
                   "    true\n"
                   "  ],\n"
                   "  \"empty\": []\n"
                   "}\n");
}

/* The text that @text, a document with a member "x", has there for the strict reader. */
static char *
read_back (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = sag_json_parse (text, strlen (text), "text", &error);
  const char *back;

  g_assert_no_error (error);
  g_assert_true (sag_json_get_string (json_node_get_object (root), "x", &back, &error));
  return g_strdup (back);
}

static char *
write_text (const char *value)
{
  g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();

  sag_json_begin_object (writer, NULL);
  sag_json_string (writer, "x", value);
  sag_json_end_object (writer);
  return sag_json_writer_finish (writer);
}

/* What is read of it is written as it was. */
static void
test_any_text_is_read (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (int round = 0; round < 300; round++)
    {
      g_autofree char *text = NULL, *back = NULL, *again = NULL;
      char             bytes[33] = { 0 };

      for (int i = 0; i < 32; i++)
        bytes[i] = (char) g_rand_int_range (random, 1, 256);
      text = write_text (bytes);
      back = read_back (text);
      again = write_text (back);
      g_assert_cmpstr (again, ==, text);
    }
}

static void
test_control_characters (void)
{
  g_autofree char *text = write_text ("a\r\n\tb\b\fc\033[1m\177");
  g_autofree char *back = read_back (text);

  g_assert_cmpstr (back, ==, "a\r\n\tb\b\fc\357\277\275[1m\357\277\275");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/json-writer/document", test_document);
  g_test_add_func ("/core/json-writer/any-text-is-read", test_any_text_is_read);
  g_test_add_func ("/core/json-writer/control-characters", test_control_characters);
  return g_test_run ();
}
