/* SPDX-License-Identifier: Apache-2.0 */
#include "model/core/error.h"
#include "model/text/tokenizer.h"
#include "model/text/unicode.h"
#include "tests/support/test.h"

#include <json-glib/json-glib.h>
#include <locale.h>
#include <string.h>

#define SMALL_VOCABULARY                                                                           \
  "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nlung\n##s\n##ng\nlu\n,\na\n##b\n##bc\nσ\nnull\n##byte\n"

static SagTokenizer *
small_tokenizer (void)
{
  g_autoptr (GError) error = NULL;
  SagTokenizer *tokenizer =
    sag_tokenizer_new (SMALL_VOCABULARY, strlen (SMALL_VOCABULARY), "small", &error);

  g_assert_no_error (error);
  return tokenizer;
}

static char *
join_ids (const gint32 *ids, gsize n_ids)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < n_ids; i++)
    g_string_append_printf (text, i > 0 ? " %d" : "%d", ids[i]);
  return g_string_free (text, FALSE);
}

static void
assert_ids (SagTokenizer *tokenizer, const char *text, gsize size, const char *expected)
{
  gsize              n_ids;
  g_autofree gint32 *ids = sag_tokenizer_encode_bytes (tokenizer, text, size, &n_ids);
  g_autofree char   *got = join_ids (ids, n_ids);

  g_assert_cmpstr (got, ==, expected);
}

static void
test_pieces (void)
{
  static const struct
  {
    const char *text, *ids;
  } cases[] = {
    { "", "2 3" },
    { "Lungs, LUNG", "2 5 6 9 5 3" },
    { "abc ab abcs", "2 10 12 10 11 10 12 6 3" },
    { "abd lung", "2 1 5 3" },
    { "a[MASK]a[mask]", "2 10 4 10 1 1 1 3" },
    { "lu\xCC\x88ng", "2 5 3" },
    { "l\xC3\xBCng", "2 5 3" },
    { "\xCE\xA3 \xCF\x82", "2 13 1 3" },
    { "lu\xC2\xADng", "2 5 3" },
    { "lu\xC2\xA0ng", "2 8 1 3" },
  };
  g_autoptr (SagTokenizer) tokenizer = small_tokenizer ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_ids (tokenizer, cases[i].text, strlen (cases[i].text), cases[i].ids);
}

static void
test_bytes_that_are_not_text (void)
{
  g_autoptr (SagTokenizer) tokenizer = small_tokenizer ();

  assert_ids (tokenizer, NULL, 0, "2 3");
  assert_ids (tokenizer, "null\0byte", 9, "2 14 15 3");
  assert_ids (tokenizer, "lu\xFFng", 5, "2 5 3");
  assert_ids (tokenizer, "lung\xE2\x82", 6, "2 5 3");
  assert_ids (tokenizer, "lung\xED\xA0\x80s", 8, "2 5 6 3");
  assert_ids (tokenizer, "\xFF[MASK]\0", 8, "2 4 3");
}

static void
test_long_words (void)
{
  g_autoptr (SagTokenizer) tokenizer = small_tokenizer ();
  g_autofree char *fits = g_strnfill (100, 'b');
  g_autofree char *long_word = g_strnfill (101, 'b');
  g_autoptr (GString) expected = g_string_new ("2 10");

  fits[0] = long_word[0] = 'a';
  for (int i = 1; i < 100; i++)
    g_string_append (expected, " 11");
  g_string_append (expected, " 3");
  assert_ids (tokenizer, fits, 100, expected->str);
  assert_ids (tokenizer, long_word, 101, "2 1 3");
}

static void
test_limit (void)
{
  g_autoptr (SagTokenizer) tokenizer = small_tokenizer ();
  g_autoptr (GError) error = NULL;
  g_autofree gint32 *ids = NULL;
  gsize              n_ids;

  ids = sag_tokenizer_encode_within (tokenizer, "lungs", 4, &n_ids, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_ids, ==, 4);
  g_assert_null (sag_tokenizer_encode_within (tokenizer, "lungs", 3, &n_ids, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_LIMIT,
                         "\"lungs\" is 4 word pieces long, but the model reads");
}

/* json-glib ends a string at a zero byte; the tokenizer drops both zero bytes and U+FFFD. */
static JsonNode *
load_golden (void)
{
  g_autofree char *path = sag_test_shared ("oracle/tokenizer/tokenizer_golden.json");
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  JsonNode *golden;

  if (path == NULL)
    return NULL;
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  for (char *zero = text; (zero = strstr (zero, "\\u0000")) != NULL;)
    memcpy (zero, "\\ufffd", 6);
  golden = json_from_string (text, &error);
  g_assert_no_error (error);
  return golden;
}

static SagTokenizer *
load_vocabulary (JsonObject *set)
{
  g_autofree char *name =
    g_build_filename ("oracle/vocab", json_object_get_string_member (set, "vocab_file"), NULL);
  g_autofree char *path = sag_test_shared (name);
  g_autoptr (GError) error = NULL;
  SagTokenizer *tokenizer = sag_tokenizer_load (path, &error);

  g_assert_no_error (error);
  return tokenizer;
}

static char *
join_json_ids (JsonArray *array)
{
  guint              n_ids = json_array_get_length (array);
  g_autofree gint32 *ids = g_new (gint32, n_ids + 1);

  for (guint i = 0; i < n_ids; i++)
    ids[i] = json_array_get_int_element (array, i);
  return join_ids (ids, n_ids);
}

static void
check_special_ids (SagTokenizer *tokenizer, JsonObject *set)
{
  JsonObject    *special = json_object_get_object_member (set, "special_ids");
  JsonObjectIter iter;
  const char    *word;
  JsonNode      *id;

  g_assert_cmpuint (sag_tokenizer_get_n_words (tokenizer), ==,
                    json_object_get_int_member (set, "vocab_size"));
  g_assert_cmpint (sag_tokenizer_get_pad_id (tokenizer), ==,
                   json_object_get_int_member (special, "[PAD]"));
  json_object_iter_init (&iter, special);
  while (json_object_iter_next (&iter, &word, &id))
    {
      int              cls = json_object_get_int_member (special, "[CLS]");
      int              sep = json_object_get_int_member (special, "[SEP]");
      g_autofree char *expected =
        g_strdup_printf ("%d %d %d", cls, (int) json_node_get_int (id), sep);

      g_assert_cmpstr (sag_tokenizer_get_word (tokenizer, json_node_get_int (id)), ==, word);
      assert_ids (tokenizer, word, strlen (word), expected);
    }
}

static guint
check_golden_set (JsonObject *set)
{
  g_autoptr (SagTokenizer) tokenizer = load_vocabulary (set);
  JsonArray *cases = json_object_get_array_member (set, "cases");
  guint      n_cases = json_array_get_length (cases);

  check_special_ids (tokenizer, set);
  for (guint i = 0; i < n_cases; i++)
    {
      JsonObject      *item = json_array_get_object_element (cases, i);
      const char      *text = json_object_get_string_member (item, "text");
      g_autofree char *expected = join_json_ids (json_object_get_array_member (item, "ids"));

      assert_ids (tokenizer, text, strlen (text), expected);
    }
  return n_cases;
}

static void
test_golden (void)
{
  g_autoptr (JsonNode) golden = load_golden ();
  JsonObjectIter iter;
  JsonNode      *set;
  guint          n_cases = 0;

  if (golden == NULL)
    return;
  json_object_iter_init (&iter, json_node_get_object (golden));
  while (json_object_iter_next (&iter, NULL, &set))
    if (JSON_NODE_HOLDS_OBJECT (set) &&
        json_object_has_member (json_node_get_object (set), "cases"))
      n_cases += check_golden_set (json_node_get_object (set));
  g_assert_cmpuint (n_cases, ==, 2 * 95);
}

static void
test_golden_turkish (void)
{
  if (setlocale (LC_ALL, "tr_TR.UTF-8") == NULL)
    {
      g_test_skip ("no Turkish locale here");
      return;
    }
  test_golden ();
  setlocale (LC_ALL, "C");
}

static void
test_random_bytes (void)
{
  g_autoptr (SagTokenizer) tokenizer = small_tokenizer ();
  g_autoptr (GRand) random = g_rand_new_with_seed (11);

  for (int round = 0; round < 20000; round++)
    {
      char               bytes[64];
      gsize              size = g_rand_int_range (random, 0, sizeof bytes + 1), n_ids;
      g_autofree gint32 *ids = NULL;

      for (gsize i = 0; i < size; i++)
        bytes[i] = (char) (g_rand_boolean (random) ? g_rand_int_range (random, 0, 256)
                                                   : "[MASK]lungabc "[i % 14]);
      ids = sag_tokenizer_encode_bytes (tokenizer, bytes, size, &n_ids);
      g_assert_cmpuint (n_ids, >=, 2);
      g_assert_cmpuint (n_ids, <=, size + 2);
      g_assert_cmpint (ids[0], ==, 2);
      g_assert_cmpint (ids[n_ids - 1], ==, 3);
      for (gsize i = 0; i < n_ids; i++)
        g_assert_nonnull (sag_tokenizer_get_word (tokenizer, ids[i]));
    }
}

static gpointer
encode_thread (gpointer data)
{
  static const char text[] = "Lungs, abc \xC3\xBC [MASK]";
  g_autoptr (SagTokenizer) tokenizer = sag_tokenizer_ref (data);

  for (int round = 0; round < 2000; round++)
    assert_ids (tokenizer, text, strlen (text), "2 5 6 9 10 12 1 4 3");
  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (SagTokenizer) tokenizer = small_tokenizer ();
  GThread *threads[4];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("encode", encode_thread, tokenizer);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* How many code points of each class tokenizers 0.23.3 was seen to have, and their sum. */
static void
test_classes (void)
{
  static const struct
  {
    gboolean (*is) (gunichar ch);
    guint64 count, sum;
  } classes[] = {
    { sag_unicode_is_control, 137680, 137913019260 },
    { sag_unicode_is_mark, 1567, 262554314 },
    { sag_unicode_is_punctuation, 726, 20675981 },
    { sag_unicode_is_cjk, 81264, 9171601864 },
    { sag_unicode_is_space, 25, 141586 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      guint64 count = 0, sum = 0;

      for (gunichar ch = 0; ch <= 0x10FFFF; ch++)
        if (classes[i].is (ch))
          {
            count++;
            sum += ch;
          }
      g_assert_cmpuint (count, ==, classes[i].count);
      g_assert_cmpuint (sum, ==, classes[i].sum);
    }
}

/* The reference's lower case, where it is easy to get wrong. */
static void
test_lower_case (void)
{
  static const gunichar pairs[][2] = {
    { 'A', 'a' },       { 'z', 'z' },       { 0x3A3, 0x3C3 },     { 0x3C2, 0x3C2 },
    { 0x1E9E, 0xDF },   { 0x2160, 0x2170 }, { 0x216F, 0x217F },   { 0x24B6, 0x24D0 },
    { 0x24CF, 0x24E9 }, { 0x2126, 0x3C9 },  { 0x1C5, 0x1C6 },     { 0x10A0, 0x2D00 },
    { 0x13A0, 0xAB70 }, { 0x1C90, 0x10D0 }, { 0x10400, 0x10428 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    g_assert_cmpuint (sag_unicode_to_lower (pairs[i][0]), ==, pairs[i][1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/tokenizer/pieces", test_pieces);
  g_test_add_func ("/text/tokenizer/bytes-that-are-not-text", test_bytes_that_are_not_text);
  g_test_add_func ("/text/tokenizer/long-words", test_long_words);
  g_test_add_func ("/text/tokenizer/limit", test_limit);
  g_test_add_func ("/text/tokenizer/golden", test_golden);
  g_test_add_func ("/text/tokenizer/golden-turkish", test_golden_turkish);
  g_test_add_func ("/text/tokenizer/random-bytes", test_random_bytes);
  g_test_add_func ("/text/tokenizer/threads", test_threads);
  g_test_add_func ("/text/unicode/classes", test_classes);
  g_test_add_func ("/text/unicode/lower-case", test_lower_case);
  return g_test_run ();
}
