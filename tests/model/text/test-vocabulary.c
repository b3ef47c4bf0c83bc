/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/text/tokenizer.h"
#include "tests/support/test.h"

#include <glib/gstdio.h>
#include <string.h>

#define SPECIAL "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n"

static void
test_ids_are_line_numbers (void)
{
  static const char text[] = "lung\r\n[SEP]\r\n[CLS]\r\n[UNK]\r\nÉ x\r\n[MASK]\r\n[PAD]";
  g_autoptr (GError) error = NULL;
  g_autoptr (SagTokenizer) tokenizer = sag_tokenizer_new (text, strlen (text), "v", &error);
  g_autofree gint32 *ids = NULL;
  gsize              n_ids;

  g_assert_no_error (error);
  g_assert_cmpuint (sag_tokenizer_get_n_words (tokenizer), ==, 7);
  g_assert_cmpint (sag_tokenizer_get_pad_id (tokenizer), ==, 6);
  g_assert_cmpstr (sag_tokenizer_get_word (tokenizer, 4), ==, "É x");
  g_assert_cmpstr (sag_tokenizer_get_word (tokenizer, 6), ==, "[PAD]");
  g_assert_null (sag_tokenizer_get_word (tokenizer, 7));
  g_assert_null (sag_tokenizer_get_word (tokenizer, -1));
  ids = sag_tokenizer_encode (tokenizer, "lung", &n_ids);
  g_assert_cmpuint (n_ids, ==, 3);
  g_assert_true (ids[0] == 2 && ids[1] == 0 && ids[2] == 1);
}

static void
test_byte_order_mark (void)
{
  static const char text[] = "\xEF\xBB\xBF" SPECIAL;
  g_autoptr (GError) error = NULL;
  g_autoptr (SagTokenizer) tokenizer = sag_tokenizer_new (text, strlen (text), "v", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (sag_tokenizer_get_word (tokenizer, 0), ==, "[PAD]");
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
    { "", 0, "v.txt is not a usable vocabulary: none of its 0 lines is [PAD]" },
    { "[PAD]\n[UNK]\n[CLS]\n[SEP]\nlung\n", 0, "none of its 5 lines is [MASK]" },
    { "[pad]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n", 0, "none of its 5 lines is [PAD]" },
    { SPECIAL "lung\nheart\nlung\n", 0, "line 8 repeats line 6" },
    { SPECIAL "\nlung\n", 0, "line 6 is empty" },
    { SPECIAL "\n", 0, "line 6 is empty" },
    { SPECIAL "\r\n", 0, "line 6 is empty" },
    { SPECIAL "a\rb\n", 0, "line 6 holds a carriage return" },
    { SPECIAL "lung\nl\xFCng\n", 0, "line 7 is not UTF-8" },
    { SPECIAL "a\0b\n", sizeof SPECIAL + 3, "line 6 holds a zero byte" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gsize size = cases[i].size > 0 ? cases[i].size : strlen (cases[i].text);

      g_assert_null (sag_tokenizer_new (cases[i].text, size, "v.txt", &error));
      sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, cases[i].part);
    }
}

static void
test_size (void)
{
  g_autoptr (GString) text = g_string_new (SPECIAL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagTokenizer) tokenizer = NULL;

  for (int i = 5; i < 1 << 20; i++)
    g_string_append_printf (text, "w%x\n", i);
  tokenizer = sag_tokenizer_new (text->str, text->len, "v", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sag_tokenizer_get_n_words (tokenizer), ==, 1 << 20);
  g_string_append (text, "more\n");
  g_assert_null (sag_tokenizer_new (text->str, text->len, "v", &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_FORMAT, "line 1048577 is one too many");
}

static void
test_files (void)
{
  char            *folder = sag_test_dup_folder ();
  g_autofree char *path = g_build_filename (folder, "vocab.txt", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SagTokenizer) tokenizer = NULL;

  g_assert_null (sag_tokenizer_load (path, &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "vocab.txt");
  g_assert_null (sag_tokenizer_load (folder, &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_ISDIR, folder);
  g_assert_null (sag_tokenizer_load ("/dev/zero", &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_LIMIT, "/dev/zero is larger than");

  g_assert_true (g_file_set_contents (path, SPECIAL, -1, NULL));
  tokenizer = sag_tokenizer_load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sag_tokenizer_get_n_words (tokenizer), ==, 5);
  sag_test_remove_folder (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/vocabulary/ids-are-line-numbers", test_ids_are_line_numbers);
  g_test_add_func ("/text/vocabulary/byte-order-mark", test_byte_order_mark);
  g_test_add_func ("/text/vocabulary/refused", test_refused);
  g_test_add_func ("/text/vocabulary/size", test_size);
  g_test_add_func ("/text/vocabulary/files", test_files);
  return g_test_run ();
}
