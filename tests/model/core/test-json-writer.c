/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/json-writer.h"

#include <json-glib/json-glib.h>
#include <math.h>

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

static void
test_any_text_is_valid (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (int round = 0; round < 300; round++)
    {
      g_autoptr (SagJsonWriter) writer = sag_json_writer_new ();
      g_autoptr (JsonParser) parser = json_parser_new ();
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;
      char             bytes[33] = { 0 };

      for (int i = 0; i < 32; i++)
        bytes[i] = (char) g_rand_int_range (random, 1, 256);
      sag_json_begin_object (writer, NULL);
      sag_json_string (writer, "x", bytes);
      sag_json_end_object (writer);
      text = sag_json_writer_finish (writer);
      g_assert_true (json_parser_load_from_data (parser, text, -1, &error));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/json-writer/document", test_document);
  g_test_add_func ("/core/json-writer/any-text-is-valid", test_any_text_is_valid);
  return g_test_run ();
}
