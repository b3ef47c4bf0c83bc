/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset/cache.h"
#include "model/volume/nifti.h"
#include "tests/support/test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY "00112233445566778899aabbccddeeff"

typedef struct
{
  char     *folder;
  SagCache *cache;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = sag_test_dup_folder ();
  fixture->cache = sag_cache_new (fixture->folder, 3000, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sag_cache_free (fixture->cache);
  sag_test_remove_folder (fixture->folder);
}

static void
save (Fixture *fixture, const char *key, const char *text)
{
  SagCacheSection sections[] = { { "ABCD", (gpointer) text, strlen (text) },
                                 { "EMPT", (gpointer) text, 0 } };
  g_autoptr (GError) error = NULL;

  g_assert_true (sag_cache_save (fixture->cache, key, sections, 2, &error));
  g_assert_no_error (error);
}

static char *
dup_path (Fixture *fixture, const char *key)
{
  g_autofree char *name = g_strconcat (key, ".sagcache", NULL);

  return g_build_filename (fixture->folder, name, NULL);
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;
  g_autofree char *empty = NULL;
  gsize            size;

  g_assert_false (sag_cache_has (fixture->cache, KEY));
  g_assert_null (sag_cache_load (fixture->cache, KEY, "ABCD", &size));
  save (fixture, KEY, "a scan");
  g_assert_true (sag_cache_has (fixture->cache, KEY));
  text = sag_cache_load (fixture->cache, KEY, "ABCD", &size);
  g_assert_cmpmem (text, size, "a scan", 6);
  empty = sag_cache_load (fixture->cache, KEY, "EMPT", &size);
  g_assert_nonnull (empty);
  g_assert_cmpuint (size, ==, 0);
  g_assert_null (sag_cache_load (fixture->cache, KEY, "NONE", &size));
  save (fixture, KEY, "another");
  g_free (text);
  text = sag_cache_load (fixture->cache, KEY, "ABCD", &size);
  g_assert_cmpmem (text, size, "another", 7);
  sag_cache_remove (fixture->cache, KEY);
  g_assert_false (sag_cache_has (fixture->cache, KEY));
}

/* Whatever byte is wrong, wherever the file ends: no entry, or the right one. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = dup_path (fixture, KEY);
  g_autofree char *bytes = NULL;
  gsize            n, size;

  save (fixture, KEY, "a scan that is a little longer, longer, longer, longer");
  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  for (gsize at = 0; at < 2 * n; at++)
    {
      g_autofree char *damaged = g_memdup2 (bytes, n);
      g_autofree char *text = NULL;

      if (at < n)
        damaged[at] ^= 0x55;
      g_assert_true (g_file_set_contents (path, damaged, (gssize) (at < n ? n : at - n), NULL));
      text = sag_cache_load (fixture->cache, KEY, "ABCD", &size);
      if (text != NULL)
        g_assert_cmpmem (text, size, "a scan that is a little longer, longer, longer, longer", 54);
    }
}

/* The table of sections is full, and the one asked for is not in it. */
static void
test_full_table (Fixture *fixture, gconstpointer data)
{
  SagCacheSection  sections[16];
  g_autofree char *last = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  for (guint s = 0; s < G_N_ELEMENTS (sections); s++)
    {
      sections[s] = (SagCacheSection){ .data = (gpointer) "voxels", .size_bytes = 6 };
      g_snprintf (sections[s].tag, sizeof sections[s].tag, "S%03u", s);
    }
  g_assert_true (sag_cache_save (fixture->cache, KEY, sections, G_N_ELEMENTS (sections), &error));
  g_assert_no_error (error);
  g_assert_null (sag_cache_load (fixture->cache, KEY, "NONE", &size));
  last = sag_cache_load (fixture->cache, KEY, "S015", &size);
  g_assert_cmpmem (last, size, "voxels", 6);
}

static void
test_trim (Fixture *fixture, gconstpointer data)
{
  g_autofree char *noise = g_malloc (1000);
  g_autofree char *read = NULL; /* reading an entry is using it */
  guint64          left;
  gsize            size = 0;

  for (int i = 0; i < 999; i++)
    noise[i] = (char) ('a' + g_random_int_range (0, 26));
  noise[999] = '\0';
  for (int e = 0; e < 8; e++)
    {
      g_autofree char      *key = g_strdup_printf ("%032d", e);
      g_autofree char      *path = dup_path (fixture, key);
      const struct timespec times[2] = { { 1000 + e, 0 }, { 1000 + e, 0 } };

      save (fixture, key, noise);
      g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
    }
  g_assert_true (sag_cache_has (fixture->cache, "00000000000000000000000000000000"));
  read = sag_cache_load (fixture->cache, "00000000000000000000000000000002", "ABCD", &size);
  g_assert_cmpuint (size, ==, 999);
  /* Two were used now, six long ago. */
  g_assert_cmpuint (sag_cache_measure (fixture->cache, 2000), >, 0);
  g_assert_cmpuint (sag_cache_measure (fixture->cache, 2000) * 4, ==,
                    sag_cache_measure (fixture->cache, G_MININT64));
  left = sag_cache_trim (fixture->cache);
  g_assert_cmpuint (left, >, 0);
  g_assert_cmpuint (left, <=, 3000);
  g_assert_true (sag_cache_has (fixture->cache, "00000000000000000000000000000000"));
  g_assert_false (sag_cache_has (fixture->cache, "00000000000000000000000000000001"));
  g_assert_true (sag_cache_has (fixture->cache, "00000000000000000000000000000002"));
  g_assert_true (sag_cache_has (fixture->cache, "00000000000000000000000000000007"));
}

static void
test_file_key (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "file", NULL);
  g_autofree char *first = NULL;
  g_autofree char *again = NULL;
  g_autofree char *other = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (sag_cache_dup_file_key (fixture->cache, path, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_assert_nonnull (strstr (error->message, "file"));
  g_clear_error (&error);
  g_assert_true (g_file_set_contents (path, "one", -1, NULL));
  first = sag_cache_dup_file_key (fixture->cache, path, &error);
  again = sag_cache_dup_file_key (fixture->cache, path, &error);
  g_assert_cmpstr (first, ==, again);
  g_assert_true (g_file_set_contents (path, "two", -1, NULL));
  other = sag_cache_dup_file_key (fixture->cache, path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (first, !=, other);
}

/* Equal headers make no equal scans. */
static void
test_pair_key (Fixture *fixture, gconstpointer data)
{
  g_autofree char *header = g_build_filename (fixture->folder, "a.hdr", NULL);
  g_autofree char *image = g_build_filename (fixture->folder, "a.img.gz", NULL);
  g_autofree char *first = NULL;
  g_autofree char *of_image = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *other = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (header, "header", 6, NULL));
  g_assert_true (g_file_set_contents (image, "voxels", 6, NULL));
  first = sag_cache_dup_file_key (fixture->cache, header, &error);
  g_assert_no_error (error);
  of_image = sag_cache_dup_file_key (fixture->cache, image, &error);
  hash = sag_nifti_hash_files (image, NULL, &error);
  g_assert_cmpstr (first, ==, of_image);
  g_assert_cmpstr (first, ==, hash);
  g_assert_true (g_file_set_contents (image, "others", 6, NULL));
  other = sag_cache_dup_file_key (fixture->cache, header, &error);
  g_assert_cmpstr (first, !=, other);
}

/* What a killed program left goes, what one is writing stays. */
static void
test_remains (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { (KEY ".sagcache.Ab12cd"), ("hashes/" KEY ".Ab12cd"),
                                       (KEY ".sagcache.Ef34gh"), ("hashes/" KEY) };
  const struct timespec    old[2] = { { 1000000, 0 }, { 1000000, 0 } };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, names[i], NULL);

      g_assert_true (g_file_set_contents (path, "half", -1, NULL));
      if (i != 2)
        g_assert_cmpint (utimensat (AT_FDCWD, path, old, 0), ==, 0);
    }
  sag_cache_trim (fixture->cache);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, names[i], NULL);

      g_assert_cmpint (g_file_test (path, G_FILE_TEST_EXISTS), ==, i >= 2);
    }
}

/* A folder's key is its files'; it changes with any of them, and with the series that is meant. */
static void
test_folder_key (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = sag_test_dup_folder ();
  g_autofree char *place = g_build_filename (folder, "cache", NULL);
  g_autofree char *series = g_build_filename (folder, "series", NULL);
  g_autofree char *second = g_strconcat (series, "#2", NULL);
  g_autofree char *one = g_build_filename (series, "a.dcm", NULL);
  g_autofree char *two = g_build_filename (series, "b.dcm", NULL);
  g_autoptr (SagCache) cache = sag_cache_new (place, G_MAXUINT64, &error);
  g_autofree char *before = NULL;
  g_autofree char *again = NULL;
  g_autofree char *part = NULL;
  g_autofree char *after = NULL;

  g_assert_cmpint (g_mkdir (series, 0700), ==, 0);
  g_assert_true (g_file_set_contents (one, "one", -1, &error));
  g_assert_true (g_file_set_contents (two, "two", -1, &error));
  before = sag_cache_dup_file_key (cache, series, &error);
  again = sag_cache_dup_file_key (cache, series, &error);
  part = sag_cache_dup_file_key (cache, second, &error);
  g_assert_true (g_file_set_contents (two, "three", -1, &error));
  after = sag_cache_dup_file_key (cache, series, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (before, ==, again);
  g_assert_cmpstr (before, !=, part);
  g_assert_cmpstr (before, !=, after);
  sag_test_remove_folder (g_steal_pointer (&folder));
}

/* Below @folder/1/2/.../@depth. */
static char *
make_deep (const char *folder, int depth, const char *text)
{
  g_autoptr (GString) deep = g_string_new (folder);
  char *path;

  for (int d = 1; d <= depth; d++)
    g_string_append_printf (deep, "/%d", d);
  g_assert_cmpint (g_mkdir_with_parents (deep->str, 0700), ==, 0);
  path = g_build_filename (deep->str, "x.dcm", NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

/* Files are in the key as deep as they are read; what is not read has none. */
static void
test_deep_folders (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char               *folder = sag_test_dup_folder ();
  g_autofree char               *place = g_build_filename (folder, "cache", NULL);
  g_autofree char               *one = g_build_filename (folder, "one", NULL);
  g_autofree char               *two = g_build_filename (folder, "two", NULL);
  g_autofree char               *empty = g_build_filename (folder, "empty", NULL);
  g_autofree char               *circle = g_build_filename (one, "1", "circle", NULL);
  g_autofree char               *in_one = make_deep (one, 20, "first");
  G_GNUC_UNUSED g_autofree char *in_two = make_deep (two, 20, "second");
  g_autoptr (SagCache) cache = sag_cache_new (place, G_MAXUINT64, &error);
  g_autofree char *of_one = sag_cache_dup_file_key (cache, one, &error);
  g_autofree char *of_two = sag_cache_dup_file_key (cache, two, &error);
  g_autofree char *with_circle = NULL;
  g_autofree char *after = NULL;
  g_autofree char *too_deep = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (of_one, !=, of_two);
  g_assert_cmpint (symlink ("..", circle), ==, 0);
  with_circle = sag_cache_dup_file_key (cache, one, &error);
  g_assert_cmpstr (with_circle, ==, of_one);
  g_assert_true (g_file_set_contents (in_one, "later", -1, NULL));
  after = sag_cache_dup_file_key (cache, one, &error);
  g_assert_cmpstr (after, !=, of_one);
  g_assert_cmpint (g_mkdir (empty, 0700), ==, 0);
  g_assert_null (sag_cache_dup_file_key (cache, empty, &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "no file");
  too_deep = make_deep (two, 40, "third");
  g_assert_null (sag_cache_dup_file_key (cache, two, &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NAMETOOLONG, "move it up");
  sag_test_remove_folder (g_steal_pointer (&folder));
}

/* A DICOMDIR stands for the files around it. */
static void
test_directory_key (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = sag_test_dup_folder ();
  g_autofree char *place = g_build_filename (folder, "cache", NULL);
  g_autofree char *medium = g_build_filename (folder, "medium", NULL);
  g_autofree char *directory = g_build_filename (medium, "DICOMDIR", NULL);
  g_autofree char *image = make_deep (medium, 3, "image");
  g_autoptr (SagCache) cache = sag_cache_new (place, G_MAXUINT64, &error);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *other = NULL;

  g_assert_true (g_file_set_contents (directory, "of nothing", -1, &error));
  before = sag_cache_dup_file_key (cache, directory, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_set_contents (image, "another", -1, &error));
  after = sag_cache_dup_file_key (cache, directory, &error);
  g_assert_cmpstr (before, !=, after);
  g_assert_true (g_file_set_contents (directory, "of something", -1, &error));
  other = sag_cache_dup_file_key (cache, directory, &error);
  g_assert_cmpstr (other, !=, after);
  sag_test_remove_folder (g_steal_pointer (&folder));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/cache/round-trip", test_round_trip);
  ADD ("/cache/damaged", test_damaged);
  ADD ("/cache/full-table", test_full_table);
  ADD ("/cache/trim", test_trim);
  ADD ("/cache/file-key", test_file_key);
  ADD ("/cache/pair-key", test_pair_key);
  ADD ("/cache/remains", test_remains);
  g_test_add_func ("/cache/deep-folders", test_deep_folders);
  g_test_add_func ("/cache/directory-key", test_directory_key);
  g_test_add_func ("/cache/folder-key", test_folder_key);
  return g_test_run ();
}
