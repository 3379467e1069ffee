import Testing

@testable import PinRules

/// What programs that fetch objects, models, images, repositories and toolchains are asked for.
@Suite("Requests to programs that fetch")
struct FetcherRequestTests {
    /// https://cloud.google.com/storage/docs/object-versioning,
    /// https://docs.aws.amazon.com/cli/latest/reference/s3api/get-object.html
    private static let objects = RequestTable(
        #"""
        gsutil cp gs://b/o .
            download floating gsutil cp: gs://b/o (nothing in this instruction checks its bytes)
            output o
            output o
        gsutil -m cp gs://b/o#1360887759327000 /tmp/x
            download exact gsutil cp: gs://b/o#1360887759327000 (it names one version of the object, and nothing checks its bytes)
            output /tmp/x
            output o#1360887759327000
        gsutil cp gs://b/o#12345 x
            download floating gsutil cp: gs://b/o#12345 (nothing in this instruction checks its bytes)
            output x
            output o#12345
        gsutil cp x gs://b/o
            nothing
        gsutil cp a b
            nothing
        gsutil cp $SOURCE x
            download unknown gsutil cp: $SOURCE
        gsutil cat gs://b/o gs://b/p
            download floating gsutil cat: gs://b/o (nothing in this instruction checks its bytes)
            download floating gsutil cat: gs://b/p (nothing in this instruction checks its bytes)
            output o
            output o
            output p
            output p
        gsutil ls gs://b
            nothing
        gcloud storage cp --project p gs://b/o gs://b/p dir
            download floating gcloud storage cp: gs://b/o (nothing in this instruction checks its bytes)
            download floating gcloud storage cp: gs://b/p (nothing in this instruction checks its bytes)
            output o
            output o
            output p
            output p
        gcloud auth login
            nothing
        aws s3 cp --region r s3://b/k.bin ./k.bin
            download floating aws s3 cp: s3://b/k.bin (nothing in this instruction checks its bytes)
            output ./k.bin
            output k.bin
        aws s3 sync s3://b/k s3://c/k
            nothing
        aws s3 cp ./x s3://b/$KEY
            nothing
        aws s3 cp s3://b/$KEY x/
            download floating aws s3 cp: s3://b/$KEY (nothing in this instruction checks its bytes)
            output $KEY
            output $KEY
        aws s3api get-object --bucket b --key k --version-id 7 out
            download exact aws s3api get-object: k (it names one version of the object, and nothing checks its bytes)
            output out
        aws s3api get-object --bucket b --key k out
            download floating aws s3api get-object: k (nothing in this instruction checks its bytes)
            output out
        aws s3api list-objects --bucket b
            nothing
        aws --version
            nothing
        azcopy copy https://index.example/c/b x
            download floating azcopy copy: https://index.example/c/b (nothing in this instruction checks its bytes)
            output x
            output b
        rclone copy remote:p/f dir/
            download floating rclone copy: remote:p/f (nothing in this instruction checks its bytes)
            output f
            output f
        rclone copy /a /b
            nothing
        s5cmd --endpoint-url https://index.example cp s3://b/k .
            download floating s5cmd cp: s3://b/k (nothing in this instruction checks its bytes)
            output k
            output k
        s3cmd get s3://b/k
            download floating s3cmd get: s3://b/k (nothing in this instruction checks its bytes)
            output k
            output k
        gdown --id ID -O f
            download floating gdown: ID (nothing in this instruction checks its bytes)
            output f
        gdown https://index.example/uc?id=1
            download floating gdown: https://index.example/uc?id=1 (nothing in this instruction checks its bytes)
        gdown --help
            nothing
        az storage blob download -c c -n b --file f
            download floating az storage blob download: b (nothing in this instruction checks its bytes)
            output f
            output b
        az ml model download --name m --version 3
            modelDownload exact az ml model download: m
        az ml model download -n m
            modelDownload floating az ml model download: m (it has no --version)
        az ml job download --name j
            modelDownload unknown az ml job download: j (what a run has written is not read)
        az artifacts universal download --name n --version 1.2.3 --path p
            download exact az artifacts universal download: n (it names one version of the object, and nothing checks its bytes)
            output n
        az artifacts universal download --name n --version '*' --path p
            download floating az artifacts universal download: n (nothing in this instruction checks its bytes)
            output n
        az login
            nothing
        az --version
            nothing
        az storage blob download -n b --help
            nothing
        gsutil help cp
            nothing
        gsutil cp gs://b/o help
            download floating gsutil cp: gs://b/o (nothing in this instruction checks its bytes)
            output help
            output o
        aws s3 cp help
            nothing
        aws s3 cp s3://b/k help
            download floating aws s3 cp: s3://b/k (nothing in this instruction checks its bytes)
            output help
            output k
        gh release download v1.2.3 -R o/r -p '*.tgz'
            download floating gh release download: v1.2.3 (nothing in this instruction checks its bytes)
            output *.tgz
        gh release download -R o/r
            download floating gh release download: o/r (it takes the newest release)
        gh run download 7
            download floating gh run download: 7 (nothing in this instruction checks its bytes)
        gh repo clone o/r
            gitCheckout floating gh repo clone: o/r (it takes the default branch as it is today)
        gh repo clone o/r -- --branch v1.2.3
            gitCheckout exact gh repo clone: o/r
        gh extension install o/e --pin v1.0.0
            gitCheckout exact gh extension install: o/e
        gh extension install o/e
            gitCheckout floating gh extension install: o/e (it takes the default branch as it is today)
        gh pr list
            nothing
        """#)

    /// https://huggingface.co/docs/huggingface_hub/guides/cli#hf-download,
    /// https://mlflow.org/docs/latest/api_reference/cli.html#mlflow-artifacts-download,
    /// https://dvc.org/doc/command-reference/get
    private static let models = RequestTable(
        #"""
        hf download o/m
            modelDownload floating hf download: o/m (it has no --revision)
        hf download o/m --revision 0123456789012345678901234567890123456789 --local-dir d
            modelDownload hashed hf download: o/m
        huggingface-cli download o/m --revision main
            modelDownload floating huggingface-cli download: o/m (main is a branch or a tag that can move)
        huggingface-cli download o/m --revision 0123abc
            modelDownload exact huggingface-cli download: o/m (0123abc is a commit id cut short)
        hf download o/m --revision $R
            modelDownload unknown hf download: o/m
        hf download $M --revision v1.0
            modelDownload exact hf download: $M
        hf upload o/m
            -
        modelscope download --model o/m
            modelDownload floating modelscope download: o/m (it has no --revision)
        modelscope download --dataset o/d --revision v1.0.0
            modelDownload exact modelscope download: o/d
        modelscope login
            -
        git lfs pull
            modelDownload floating git lfs: git lfs pull (it takes the files of whatever is checked out)
        git lfs install
            -
        ollama pull m
            modelDownload floating ollama pull: m (it has no tag)
        ollama pull m:latest
            modelDownload floating ollama pull: m:latest (it has no tag)
        ollama pull m:7b-q4
            modelDownload exact ollama pull: m:7b-q4
        ollama pull $M
            modelDownload unknown ollama pull: $M
        ollama serve
            -
        spacy download en
            modelDownload floating spacy download: en (it takes the newest version that fits the library)
        python -m spacy download en_core_web_sm
            modelDownload floating spacy download: en_core_web_sm (it takes the newest version that fits the library)
        python3 -m spacy download --direct en_core_web_sm-3.7.1
            modelDownload exact spacy download: en_core_web_sm-3.7.1
        python -m spacy download en_core_web_sm-3.7.1
            modelDownload floating spacy download: en_core_web_sm-3.7.1 (it takes the newest version that fits the library)
        python -m spacy download -d $M
            modelDownload unknown spacy download: $M
        python -m nltk.downloader -d /d punkt stopwords
            modelDownload floating nltk.downloader: punkt (it takes what is newest)
            modelDownload floating nltk.downloader: stopwords (it takes what is newest)
        python -c 'from transformers import AutoModel as A; A.from_pretrained("o/m")'
            modelDownload floating from_pretrained: o/m (it has no revision)
        python -c 'print(1)'
            -
        kaggle datasets download -d o/d
            modelDownload floating kaggle datasets download: o/d (it takes the newest version)
        kaggle models instances versions download o/m/f/i/3
            modelDownload exact kaggle models instances versions download: o/m/f/i/3
        kaggle models instances versions download o/m/f/i/latest
            modelDownload floating kaggle models instances versions download: o/m/f/i/latest (it takes the newest version)
        kaggle competitions list
            nothing
        ngc registry model download-version o/m:1.2
            modelDownload exact ngc registry model download-version: o/m:1.2
        ngc registry model download-version o/m:latest
            modelDownload floating ngc registry model download-version: o/m:latest (latest is whatever was published last)
        ngc registry model download-version o/m
            modelDownload floating ngc registry model download-version: o/m (it has no version)
        ngc registry model list
            nothing
        wandb artifact get e/p/a:v3
            modelDownload exact wandb artifact get: e/p/a:v3
        wandb artifact get e/p/a:latest
            modelDownload floating wandb artifact get: e/p/a:latest (latest is whatever was published last)
        wandb login
            nothing
        mlflow artifacts download -u models:/m/3
            modelDownload exact mlflow artifacts download: models:/m/3
        mlflow artifacts download -u models:/m/Production
            modelDownload floating mlflow artifacts download: models:/m/Production (it names no version)
        mlflow artifacts download -u models:/m-0123abcd
            modelDownload exact mlflow artifacts download: models:/m-0123abcd
        mlflow artifacts download -u models:/m@champion
            modelDownload floating mlflow artifacts download: models:/m@champion (it names no version)
        mlflow artifacts download --run-id 7f -a model
            modelDownload exact mlflow artifacts download: 7f
        mlflow artifacts download -u runs:/7f/model
            modelDownload exact mlflow artifacts download: runs:/7f/model
        mlflow artifacts download -u $URI
            modelDownload unknown mlflow artifacts download: $URI
        python -m mlflow artifacts download -u models:/m/3
            modelDownload exact mlflow artifacts download: models:/m/3
        mlflow artifacts download
            nothing
        mlflow server
            nothing
        dvc get https://index.example/r p --rev v1.0.0
            modelDownload exact dvc get: https://index.example/r
        dvc import https://index.example/r p
            modelDownload floating dvc import: https://index.example/r (it takes the default branch as it is today)
        dvc get-url https://index.example/x
            download floating dvc get-url: https://index.example/x (nothing in this instruction checks its bytes)
        dvc pull
            unreadCommand unknown dvc pull: dvc pull (the versions that it takes are in .dvc files, which are not read)
        dvc status
            nothing
        oras pull index.example/r:1.0
            modelDownload exact oras pull: index.example/r:1.0
        oras pull index.example:5000/r
            modelDownload floating oras pull: index.example:5000/r (it has no version)
        oras push index.example/r:1
            nothing
        clearml-data get --id 7f
            modelDownload exact clearml-data get: get
        clearml-data get
            modelDownload floating clearml-data get: get (it names no data set by its id)
        """#)

    @Test("objects of buckets, drives and releases", arguments: objects.rows)
    func objectRequests(_ row: RequestTable.Row) { RequestTable.expect(row) }
    @Test("models and data sets", arguments: models.rows)
    func modelRequests(_ row: RequestTable.Row) { RequestTable.expect(row) }
}
