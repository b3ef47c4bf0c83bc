/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dicom/source.h"

#include "model/core/error.h"
#include "tests/support/test.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_FRAMES 3

/* An item of encapsulated pixels. */
static void
add_item (GByteArray *out, const char *text, gsize n)
{
  const guint32 length = GUINT32_TO_LE ((guint32) n);

  g_byte_array_append (out, (const guint8 *) "\xfe\xff\x00\xe0", 4);
  g_byte_array_append (out, (const guint8 *) &length, 4);
  g_byte_array_append (out, (const guint8 *) text, (guint) n);
}

static void
assert_frame (const SagDicomFragments *table, const GByteArray *bytes, int frame, const char *text)
{
  g_autoptr (GByteArray) out = sag_dicom_fragments_dup_frame (table, bytes->data, frame);

  if (text == NULL)
    {
      g_assert_null (out);
      return;
    }
  g_assert_nonnull (out);
  g_assert_cmpmem (out->data, out->len, text, strlen (text));
}

/* A fragment a frame; streams of several fragments; all of one frame; too few. */
static void
test_fragments (void)
{
  g_autoptr (GByteArray) each = g_byte_array_new ();
  g_autoptr (GByteArray) streams = g_byte_array_new ();
  g_autoptr (SagDicomFragments) table = NULL;

  add_item (each, "", 0);
  add_item (each, "aa", 2);
  add_item (each, "bbbb", 4);
  add_item (each, "cc", 2);
  table = sag_dicom_fragments_new (each->data, each->len, 3);
  assert_frame (table, each, 0, "aa");
  assert_frame (table, each, 1, "bbbb");
  assert_frame (table, each, 2, "cc");
  assert_frame (table, each, 3, NULL);
  sag_dicom_fragments_free (table);
  table = sag_dicom_fragments_new (each->data, each->len, 1);
  assert_frame (table, each, 0, "aabbbbcc");
  sag_dicom_fragments_free (table);
  add_item (streams, "\x01\x02\x03\x04", 4);
  add_item (streams, "\xff\xd8one", 5);
  add_item (streams, "more", 4);
  add_item (streams, "\xff\x4ftwo", 5);
  table = sag_dicom_fragments_new (streams->data, streams->len, 2);
  assert_frame (table, streams, 0, "\xff\xd8onemore");
  assert_frame (table, streams, 1, "\xff\x4ftwo");
  assert_frame (table, streams, 2, NULL);
  sag_dicom_fragments_free (table);
  table = sag_dicom_fragments_new (streams->data, 3, 2);
  assert_frame (table, streams, 0, NULL);
}

/* A file of @n_frames compressed frames. */
static SagDicomFile *
make_file (const char *folder, int n_frames)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *name = g_strdup_printf ("%d.dcm", n_frames);
  SagDicomPlace   *place = g_new0 (SagDicomPlace, 1);
  SagDicomHeader  *header = g_new0 (SagDicomHeader, 1);

  add_item (bytes, "", 0);
  for (int f = 0; f < n_frames; f++)
    add_item (bytes, f % 2 == 0 ? "even" : "odd.", 4);
  place->path = g_build_filename (folder, name, NULL);
  place->name = g_steal_pointer (&name);
  g_assert_true (
    g_file_set_contents (place->path, (const char *) bytes->data, (gssize) bytes->len, NULL));
  header->n_frames = n_frames;
  header->layout.codec = SAG_DICOM_RLE;
  return sag_dicom_file_new (place, header);
}

/* Several who read one file of many frames have it in memory once; it goes with the last. */
static void
test_shared (void)
{
  char           *folder = sag_test_dup_folder ();
  SagDicomFile   *many = make_file (folder, N_FRAMES), *single = make_file (folder, 1);
  SagDicomSources sources;
  SagDicomSource *first, *second, *alone[2];
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) frame = NULL;
  const guint8 *bytes;
  gsize         n_have;

  sag_dicom_sources_init (&sources);
  first = sag_dicom_sources_open (&sources, many, &error);
  g_assert_no_error (error);
  second = sag_dicom_sources_open (&sources, many, &error);
  g_assert_true (first == second);
  for (int a = 0; a < 2; a++)
    alone[a] = sag_dicom_sources_open (&sources, single, &error);
  g_assert_true (alone[0] != alone[1]);
  g_assert_null (alone[0]->fragments);
  g_assert_nonnull (first->fragments);
  g_assert_cmpint (g_hash_table_size (sources.shared), ==, 1);
  sag_dicom_sources_close (&sources, first);
  bytes = sag_dicom_input_want (second->input, 1, &n_have);
  g_assert_cmpint (n_have, ==, 8 + N_FRAMES * 12);
  frame = sag_dicom_fragments_dup_frame (second->fragments, bytes, 1);
  g_assert_cmpmem (frame->data, frame->len, "odd.", 4);
  /* Asking for more than there is changes nothing that another thread might look at. */
  g_assert_true (sag_dicom_input_want (second->input, 1000, &n_have) == bytes);
  g_assert_cmpint (n_have, ==, 8 + N_FRAMES * 12);
  sag_dicom_sources_close (&sources, second);
  g_assert_cmpint (g_hash_table_size (sources.shared), ==, 0);
  for (int a = 0; a < 2; a++)
    sag_dicom_sources_close (&sources, alone[a]);
  sag_dicom_sources_clear (&sources);
  sag_dicom_file_unref (many);
  sag_dicom_file_unref (single);
  sag_test_remove_folder (folder);
}

/* What failed once fails for everybody until all is over, and is not read for each of its frames. */
static void
test_failed (void)
{
  char            *folder = sag_test_dup_folder ();
  SagDicomFile    *many = make_file (folder, N_FRAMES);
  SagDicomSources  sources;
  SagDicomSource  *source;
  g_autofree char *aside = g_strconcat (many->place->path, ".aside", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_rename (many->place->path, aside), ==, 0);
  sag_dicom_sources_init (&sources);
  g_assert_null (sag_dicom_sources_open (&sources, many, &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "cannot be");
  g_assert_cmpint (g_rename (aside, many->place->path), ==, 0);
  g_assert_null (sag_dicom_sources_open (&sources, many, &error));
  sag_test_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "cannot be");
  sag_dicom_sources_clear (&sources);
  sag_dicom_sources_init (&sources);
  source = sag_dicom_sources_open (&sources, many, &error);
  g_assert_no_error (error);
  sag_dicom_sources_close (&sources, source);
  sag_dicom_sources_clear (&sources);
  sag_dicom_file_unref (many);
  sag_test_remove_folder (folder);
}

#define N_THREADS 4
#define N_ROUNDS 200

typedef struct
{
  SagDicomSources sources;
  SagDicomFile   *files[2];
} Together;

static gpointer
read_together (gpointer data)
{
  Together *together = data;

  for (int r = 0; r < N_ROUNDS; r++)
    {
      SagDicomSource *source =
        sag_dicom_sources_open (&together->sources, together->files[r / 3 % 2], NULL);
      g_autoptr (GByteArray) frame = NULL;
      const guint8 *bytes;
      gsize         n_have;

      g_assert_nonnull (source);
      bytes = sag_dicom_input_want (source->input, G_MAXINT32, &n_have);
      frame = sag_dicom_fragments_dup_frame (source->fragments, bytes, r % 2);
      g_assert_cmpmem (frame->data, frame->len, r % 2 == 0 ? "even" : "odd.", 4);
      sag_dicom_sources_close (&together->sources, source);
    }
  return NULL;
}

/* Several threads, as loading has them, with two files by turns. */
static void
test_threads (void)
{
  char    *folder = sag_test_dup_folder ();
  Together together = { .files = { make_file (folder, N_FRAMES),
                                   make_file (folder, N_FRAMES + 1) } };
  GThread *threads[N_THREADS];

  sag_dicom_sources_init (&together.sources);
  for (int t = 0; t < N_THREADS; t++)
    threads[t] = g_thread_new ("reader", read_together, &together);
  for (int t = 0; t < N_THREADS; t++)
    g_thread_join (threads[t]);
  g_assert_cmpint (g_hash_table_size (together.sources.shared), ==, 0);
  sag_dicom_sources_clear (&together.sources);
  for (int f = 0; f < 2; f++)
    sag_dicom_file_unref (together.files[f]);
  sag_test_remove_folder (folder);
}

/* Pixels that need no decoder may be as many as ever. */
static void
test_most_bytes (void)
{
  char         *folder = sag_test_dup_folder ();
  SagDicomFile *file = make_file (folder, N_FRAMES);

  g_assert_cmpuint (sag_dicom_file_most_bytes (file), ==, SAG_DICOM_MOST_STREAM_BYTES);
  file->header->layout.codec = SAG_DICOM_NATIVE;
  g_assert_cmpuint (sag_dicom_file_most_bytes (file), ==, SAG_DICOM_INPUT_MOST_BYTES);
  sag_dicom_file_unref (file);
  sag_test_remove_folder (folder);
}

/* Too large is said before anything is read. */
static void
test_too_large (void)
{
  g_autoptr (SagDicomInput) input = sag_dicom_input_new_for_memory ("12345678", 8);
  g_autoptr (GError) error = NULL;

  g_assert_false (sag_dicom_input_read_all (input, 7, &error));
  sag_test_assert_error (error, SAG_ERROR, SAG_ERROR_LIMIT, "larger");
  g_assert_true (sag_dicom_input_read_all (input, 8, &error));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dicom/source/fragments", test_fragments);
  g_test_add_func ("/dicom/source/shared", test_shared);
  g_test_add_func ("/dicom/source/failed", test_failed);
  g_test_add_func ("/dicom/source/threads", test_threads);
  g_test_add_func ("/dicom/source/most-bytes", test_most_bytes);
  g_test_add_func ("/dicom/source/too-large", test_too_large);
  return g_test_run ();
}
